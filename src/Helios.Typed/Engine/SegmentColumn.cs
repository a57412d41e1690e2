using System.Buffers.Binary;
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
        private readonly PagedSection _cells;
        private readonly PagedSection? _nulls;

        public CellColumn(SegmentContents contents, int columnId, int width)
        {
            _width = width;
            _cells = contents.Paged(contents.Require(SegmentSections.ColumnCells, columnId, (long)width * contents.Rows));
            if (contents.TryFind(SegmentSections.ColumnNulls, columnId, out _))
            {
                _nulls = contents.Paged(contents.Require(SegmentSections.ColumnNulls, columnId, ((long)contents.Rows + 7) / 8));
            }
        }

        public override bool TryGetCell(int ordinal, out ReadOnlySpan<byte> cell)
        {
            bool isNull = _nulls is not null && (_nulls.Slice(ordinal / 8, 1)[0] & (1 << (ordinal % 8))) != 0;
            cell = isNull ? default : _cells.Slice((long)ordinal * _width, _width);
            return !isNull;
        }
    }

    private sealed class DictionaryColumn : SegmentColumn
    {
        private readonly SegmentReader _reader;
        private readonly PagedSection _codes;
        private readonly PagedSection _ends;
        private readonly PagedSection _bytes;

        public DictionaryColumn(SegmentContents contents, int columnId)
        {
            _reader = contents.Reader;
            _codes = contents.Paged(contents.Require(SegmentSections.DictionaryCodes, columnId, (long)sizeof(ushort) * contents.Rows));
            _ends = contents.Paged(contents.Require(SegmentSections.DictionaryEnds, columnId));
            _bytes = contents.Paged(contents.Require(SegmentSections.DictionaryBytes, columnId));
        }

        public override bool TryGetCell(int ordinal, out ReadOnlySpan<byte> cell)
        {
            cell = default;
            int value = BinaryPrimitives.ReadUInt16LittleEndian(_codes.Slice((long)ordinal * sizeof(ushort), sizeof(ushort))) - 1;
            if (value < 0)
            {
                return false;
            }

            if (value >= _ends.Bytes / sizeof(uint))
            {
                throw SegmentContents.Damaged(_reader, $"row {ordinal} names value {value + 1} of a dictionary of {_ends.Bytes / sizeof(uint)}", _codes.Section, (long)ordinal * sizeof(ushort));
            }

            uint start = value == 0 ? 0 : EndOf(value - 1);
            uint end = EndOf(value);
            if (start > end || end > _bytes.Bytes)
            {
                throw SegmentContents.Damaged(_reader, $"value {value + 1} of a dictionary stands from {start} to {end} of {_bytes.Bytes} bytes", _ends.Section, (long)value * sizeof(uint));
            }

            cell = _bytes.Slice(start, (int)(end - start));
            return true;
        }

        private uint EndOf(int value) => BinaryPrimitives.ReadUInt32LittleEndian(_ends.Slice((long)value * sizeof(uint), sizeof(uint)));
    }
}
