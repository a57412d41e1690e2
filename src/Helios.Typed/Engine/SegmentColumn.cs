using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is a column that stands beside the rows of a segment: a value is found by ordinal.</summary>
internal abstract class SegmentColumn
{
    /// <summary>Finds a row's cell, valid while the segment is held; false where it is null.</summary>
    public abstract bool TryGetCell(int ordinal, out ReadOnlySpan<byte> cell);

    /// <summary>Finds the sections of a column, or gives null where its values are in the rows alone.</summary>
    /// <exception cref="HeliosCorruptionException">They are not as long as the rows want.</exception>
    public static SegmentColumn? Find(SegmentContents contents, ColumnShape column)
    {
        if (column.IsArray)
        {
            return null;
        }

        int width = ScalarCodec.WidthOf(column.Type);
        return width > 0 && contents.TryFind(SegmentSections.ColumnCells, column.Id, out _) ? new CellColumn(contents, column.Id, width)
            : width == 0 && contents.TryFind(SegmentSections.DictionaryCodes, column.Id, out _) ? new DictionaryColumn(contents, column.Id)
            : null;
    }

    private sealed class CellColumn : SegmentColumn
    {
        private readonly int _width;
        private readonly LazySection _cells;
        private readonly LazySection? _nulls;

        public CellColumn(SegmentContents contents, int columnId, int width)
        {
            _width = width;
            _cells = contents.Lazy(contents.Require(SegmentSections.ColumnCells, columnId, (long)width * contents.Rows));
            if (contents.TryFind(SegmentSections.ColumnNulls, columnId, out _))
            {
                _nulls = contents.Lazy(contents.Require(SegmentSections.ColumnNulls, columnId, ((long)contents.Rows + 7) / 8));
            }
        }

        public override bool TryGetCell(int ordinal, out ReadOnlySpan<byte> cell)
        {
            bool isNull = _nulls is not null && (_nulls.Get().AsSpan<byte>(ordinal / 8, 1)[0] & (1 << (ordinal % 8))) != 0;
            cell = isNull ? default : _cells.Get().AsSpan<byte>((long)ordinal * _width, _width);
            return !isNull;
        }
    }

    private sealed class DictionaryColumn : SegmentColumn
    {
        private readonly LazySection _codes;
        private readonly LazySection _ends;
        private readonly LazySection _bytes;

        public DictionaryColumn(SegmentContents contents, int columnId)
        {
            Section ends = contents.Require(SegmentSections.DictionaryEnds, columnId);
            Section bytes = contents.Require(SegmentSections.DictionaryBytes, columnId);
            long values = ends.Bytes / sizeof(uint);
            _codes = contents.Lazy(
                contents.Require(SegmentSections.DictionaryCodes, columnId, (long)sizeof(ushort) * contents.Rows),
                loaded => FindProblem(loaded, values));
            _ends = contents.Lazy(ends, loaded => RisingEnds.FindProblem32(loaded, bytes.Bytes));
            _bytes = contents.Lazy(bytes);
        }

        public override bool TryGetCell(int ordinal, out ReadOnlySpan<byte> cell)
        {
            int value = _codes.Get().AsSpan<ushort>((long)ordinal * sizeof(ushort), 1)[0] - 1;
            if (value < 0)
            {
                cell = default;
                return false;
            }

            NativeBuffer ends = _ends.Get();
            uint start = value == 0 ? 0 : ends.AsSpan<uint>((long)(value - 1) * sizeof(uint), 1)[0];
            uint end = ends.AsSpan<uint>((long)value * sizeof(uint), 1)[0];
            cell = _bytes.Get().AsSpan<byte>(start, (int)(end - start));
            return true;
        }

        private static string? FindProblem(NativeBuffer codes, long values)
        {
            foreach (ushort code in codes.AsSpan<ushort>(0, (int)(codes.Bytes / sizeof(ushort))))
            {
                if (code > values)
                {
                    return $"a row names value {code} of a dictionary of {values}";
                }
            }

            return null;
        }
    }
}
