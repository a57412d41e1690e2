using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Collects the statistics of one column, row after row.</summary>
/// <param name="column">The column.</param>
/// <param name="rowsPerGroup">The rows of a group.</param>
internal sealed class ColumnStatisticsBuilder(ColumnShape column, int rowsPerGroup) : IDisposable
{
    private readonly ByteWriter _groups = new();
    private readonly Extent _all = new(column);
    private readonly Extent _group = new(column);

    /// <summary>Gets the column.</summary>
    public ColumnShape Column => column;

    /// <summary>Gets the entries of the groups, once the last row was added.</summary>
    public ReadOnlySpan<byte> Groups
    {
        get
        {
            EndGroup();
            return _groups.WrittenSpan;
        }
    }

    /// <summary>Adds the next row, which has a value.</summary>
    public void Add(ReadOnlySpan<byte> cell)
    {
        _group.Add(cell);
        EndFullGroup();
    }

    /// <summary>Adds the next row, which has none.</summary>
    public void AddNull()
    {
        _group.AddNull();
        EndFullGroup();
    }

    /// <summary>Gets the entry of all rows, once the last was added.</summary>
    public byte[] Total
    {
        get
        {
            EndGroup();
            using ByteWriter entry = new();
            _all.Write(entry);
            return entry.WrittenSpan.ToArray();
        }
    }

    /// <summary>Adds the next row.</summary>
    /// <param name="hasValue">Whether it has a value.</param>
    /// <param name="cell">The value's cell.</param>
    public void Add(bool hasValue, ReadOnlySpan<byte> cell)
    {
        if (hasValue)
        {
            Add(cell);
        }
        else
        {
            AddNull();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _groups.Dispose();

    private void EndFullGroup()
    {
        if (_group.Rows == rowsPerGroup)
        {
            EndGroup();
        }
    }

    private void EndGroup()
    {
        if (_group.Rows > 0)
        {
            _group.Write(_groups);
            _all.Add(_group);
            _group.Clear();
        }
    }

    /// <summary>Is the nulls and the bounds of some rows.</summary>
    private sealed class Extent(ColumnShape column)
    {
        private readonly int _boundBytes = StatisticsFormat.BoundBytesOf(column.Type, column.IsArray);
        private readonly byte[] _low = new byte[StatisticsFormat.BoundBytesOf(column.Type, column.IsArray)];
        private readonly byte[] _high = new byte[StatisticsFormat.BoundBytesOf(column.Type, column.IsArray)];
        private int _nulls;
        private int _lowBytes;
        private int _highBytes;
        private bool _hasBounds;
        private bool _isHighCut;

        public int Rows { get; private set; }

        public void Add(ReadOnlySpan<byte> cell)
        {
            Rows++;
            if (_boundBytes > 0)
            {
                // Cut alike, values keep their order.
                bool isCut = cell.Length > _boundBytes;
                Include(isCut ? cell[.._boundBytes] : cell, isCut);
            }
        }

        public void AddNull()
        {
            Rows++;
            _nulls++;
        }

        public void Add(Extent other)
        {
            Rows += other.Rows;
            _nulls += other._nulls;
            if (other._hasBounds)
            {
                Include(other._low.AsSpan(0, other._lowBytes), isCut: false);
                Include(other._high.AsSpan(0, other._highBytes), other._isHighCut);
            }
        }

        public void Clear() => (Rows, _nulls, _hasBounds) = (0, 0, false);

        public void Write(ByteWriter target)
        {
            Span<byte> entry = target.Take(StatisticsFormat.EntryHeaderBytes + (2 * _boundBytes));
            entry.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)_nulls);
            if (!_hasBounds)
            {
                return;
            }

            Span<byte> low = entry.Slice(StatisticsFormat.EntryHeaderBytes, _boundBytes);
            Span<byte> high = entry[(StatisticsFormat.EntryHeaderBytes + _boundBytes)..];
            _low.AsSpan(0, _lowBytes).CopyTo(low);
            _high.AsSpan(0, _highBytes).CopyTo(high);
            int highBytes = _isHighCut ? Raise(high[.._highBytes]) : _highBytes;
            bool hasHigh = highBytes > 0 || !_isHighCut;
            entry[StatisticsFormat.FlagsOffset] = hasHigh ? StatisticsFormat.HasBounds : (byte)(StatisticsFormat.HasBounds | StatisticsFormat.HasNoHigh);
            entry[StatisticsFormat.LowBytesOffset] = (byte)_lowBytes;
            entry[StatisticsFormat.HighBytesOffset] = (byte)highBytes;
        }

        private void Include(ReadOnlySpan<byte> value, bool isCut)
        {
            if (!_hasBounds || ScalarCodec.Compare(column.Type, value, _low.AsSpan(0, _lowBytes)) < 0)
            {
                value.CopyTo(_low);
                _lowBytes = value.Length;
            }

            int order = _hasBounds ? ScalarCodec.Compare(column.Type, value, _high.AsSpan(0, _highBytes)) : 1;
            if (order > 0)
            {
                value.CopyTo(_high);
                _highBytes = value.Length;
                _isHighCut = isCut;
            }
            else if (order == 0)
            {
                _isHighCut |= isCut;
            }

            _hasBounds = true;
        }

        // The least value above everything that begins with these bytes; bytes of 255 cannot be raised and are left out.
        private static int Raise(Span<byte> value)
        {
            int last = value.LastIndexOfAnyExcept(byte.MaxValue);
            value[(last + 1)..].Clear();
            if (last >= 0)
            {
                value[last]++;
            }

            return last + 1;
        }
    }
}
