using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads the rows of a segment and its sidecars by docs/format/segment-sections.md, and holds every section to the rows.</summary>
internal sealed class SegmentRows
{
    private static readonly ushort[] _kinds = [1, 2, 3, 4, 8, 9, 16, 17, 18, 19, 20, 32, 33, 34, 48, 64];

    private readonly IReadOnlyDictionary<string, byte[]> _files;
    private readonly StoredSegment _segment;
    private readonly StoredShape _shape;
    private readonly SegmentFile _file;
    private readonly int _count;
    private readonly int _highestColumn;
    private readonly byte[][] _rows;

    public SegmentRows(IReadOnlyDictionary<string, byte[]> files, StoredSegment segment, StoredShape shape)
    {
        _files = files;
        _segment = segment;
        _shape = shape;
        _file = new SegmentFile(segment.File, files[segment.File]);
        Assert.All(_file.Names, name => Assert.Contains(name.Kind, _kinds));
        ByteReader summary = new(_file.Whole(1));
        Assert.Equal(1, summary.UInt16());
        Assert.Equal(shape.Columns[shape.Key].Type, summary.Byte());
        Assert.Equal(0, summary.Byte());
        _count = (int)summary.UInt32();
        Assert.Equal((segment.Rows, segment.First, segment.Last), ((uint)_count, summary.UInt64(), summary.UInt64()));
        _highestColumn = summary.UInt16();
        Assert.Equal(6, summary.Left);
        _rows = ReadRows();
    }

    /// <summary>Adds the rows that have not ended.</summary>
    public void AddTo(TableRows table)
    {
        byte[][] keys = ReadKeys();
        CheckFilter(keys);
        ulong[] begins = ReadBegins();
        Dictionary<uint, ulong> ends = ReadEnds();
        Dictionary<ushort, byte[]>[] vectors = [.. Enumerable.Range(0, _count).Select(_ => new Dictionary<ushort, byte[]>())];
        foreach (StoredColumn column in _shape.Vectors)
        {
            ReadVectors(column, vectors);
        }

        foreach (StoredColumn column in _shape.Columns.Where(column => column.Dimensions == 0 && !column.IsDropped && column.Id != _shape.Columns[_shape.Key].Id))
        {
            CheckColumn(column);
        }

        CheckStatistics(keys);

        for (int row = 0; row < _count; row++)
        {
            int order = row == 0 ? -1 : keys[row - 1].AsSpan().SequenceCompareTo(keys[row]);
            Assert.True(order < 0 || (order == 0 && begins[row - 1] > begins[row]));
            Assert.InRange(begins[row], _segment.First, _segment.Last);
            if (!ends.TryGetValue((uint)row, out ulong end))
            {
                Assert.DoesNotContain(Convert.ToHexString(keys[row]), table.Rows.Keys);
                table.Put(keys[row], _rows[row], vectors[row]);
            }
            else
            {
                Assert.InRange(end, begins[row], table.PersistedThrough);
            }
        }
    }

    private static byte[][] Split(byte[] bytes, IEnumerable<int> ends)
    {
        List<byte[]> parts = [];
        int start = 0;
        foreach (int end in ends)
        {
            parts.Add(bytes[start..end]);
            start = end;
        }

        Assert.Equal(bytes.Length, start);
        return [.. parts];
    }

    private byte[][] ReadKeys()
    {
        byte[] keys = _file.Whole(2);
        return _file.Find(3) is { } ends
            ? Split(keys, MemoryMarshal.Cast<byte, long>(ends).ToArray().Select(end => (int)end))
            : Split(keys, Enumerable.Range(1, _count).Select(row => row * (keys.Length / _count)));
    }

    // The filter is that of the keys, bit for bit.
    private void CheckFilter(byte[][] keys)
    {
        uint[] salts = [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31];
        uint[] filter = MemoryMarshal.Cast<byte, uint>(_file.Whole(64)).ToArray();
        int blocks = ((keys.Length * 12) + 255) / 256;
        uint[] expected = new uint[blocks * 8];
        foreach (byte[] key in keys)
        {
            ulong hash = XxHash3.HashToUInt64(key, BitConverter.ToInt64("HELIOKEY"u8));
            int block = (int)(((hash >> 32) * (ulong)blocks) >> 32);
            for (int word = 0; word < 8; word++)
            {
                expected[(block * 8) + word] |= 1u << (int)(unchecked((uint)hash * salts[word]) >> 27);
            }
        }

        Assert.Equal(expected, filter);
    }

    private ulong[] ReadBegins()
    {
        byte[] begins = _file.Whole(4);
        ulong[] wide = _segment.Last - _segment.First <= uint.MaxValue
            ? [.. MemoryMarshal.Cast<byte, uint>(begins).ToArray().Select(begin => (ulong)begin)]
            : MemoryMarshal.Cast<byte, ulong>(begins).ToArray();
        Assert.Equal(_count, wide.Length);
        return [.. wide.Select(begin => begin + _segment.First)];
    }

    private byte[][] ReadRows()
    {
        uint[] starts = MemoryMarshal.Cast<byte, uint>(_file.Whole(9)).ToArray();
        IReadOnlyList<byte[]> blocks = _file.Units(8);
        Assert.Equal(blocks.Count, starts.Length);
        List<byte[]> rows = [];
        for (int block = 0; block < blocks.Count; block++)
        {
            Assert.Equal((uint)rows.Count, starts[block]);
            ByteReader reader = new(blocks[block]);
            int[] ends = new int[reader.UInt32()];
            foreach (ref int end in ends.AsSpan())
            {
                end = (int)reader.UInt32();
            }

            rows.AddRange(Split(reader.Rest().ToArray(), ends));
        }

        Assert.Equal(_count, rows.Count);
        return [.. rows];
    }

    private Dictionary<uint, ulong> ReadEnds()
    {
        Dictionary<uint, ulong> ends = [];
        foreach (StoredSidecar sidecar in _segment.Sidecars)
        {
            SegmentFile file = new(sidecar.File, _files[sidecar.File]);
            if (sidecar.Kind == 1)
            {
                uint[] ordinals = MemoryMarshal.Cast<byte, uint>(file.Whole(128)).ToArray();
                ulong[] at = MemoryMarshal.Cast<byte, ulong>(file.Whole(129)).ToArray();
                Assert.Equal(ordinals.Order(), ordinals);
                ends = ordinals.Zip(at).ToDictionary();
            }
            else
            {
                Assert.Equal(2, sidecar.Kind);
                StoredColumn column = _shape.Columns.Single(column => column.Id == sidecar.Column);
                int vectors = _file.Units(32, column.Id).Count;
                GraphFile.Check(file.Whole(136, column.Id), vectors, column.Metric);
                if (file.Find(137, column.Id) is { } codes)
                {
                    CodesFile.Check(codes, vectors, column.Dimensions, column.Metric);
                }
            }
        }

        return ends;
    }

    private void ReadVectors(StoredColumn column, Dictionary<ushort, byte[]>[] rows)
    {
        if (_file.Find(32, column.Id) is null)
        {
            return;
        }

        IReadOnlyList<byte[]> units = _file.Units(32, column.Id);
        uint[] ordinals = _file.Find(34, column.Id) is { } slots
            ? MemoryMarshal.Cast<byte, uint>(slots).ToArray()
            : [.. Enumerable.Range(0, _count).Select(row => (uint)row)];
        Assert.Equal(ordinals.Length, units.Count);
        float[]? norms = column.Metric == 1 ? MemoryMarshal.Cast<byte, float>(_file.Whole(33, column.Id)).ToArray() : null;
        for (int slot = 0; slot < units.Count; slot++)
        {
            Assert.Equal(column.VectorBytes, units[slot].Length);
            rows[ordinals[slot]].Add(column.Id, units[slot]);
            if (norms is not null)
            {
                double length = Math.Sqrt(StoredCells.ReadVector(column.Type, units[slot]).Cast<object>().Sum(element => Math.Pow(element is Half half ? (double)half : (float)element, 2)));
                Assert.Equal(1, norms[slot] * length, 1e-5);
            }
        }
    }

    private void CheckStatistics(byte[][] keys)
    {
        Dictionary<ushort, (StoredColumn, byte[]?[])> columns = [];
        foreach (StoredColumn column in _shape.Columns.Where(column => column.Dimensions == 0 && !column.IsDropped && column.Id <= _highestColumn))
        {
            columns.Add(column.Id, (column, column == _shape.Columns[_shape.Key] ? [.. keys.Select(key => StoredCells.CellOfKey(column.Type, key))] : FindCells(column)));
        }

        StoredStatistics.Check(_file.Whole(48), _count, columns);
    }

    // As they stand in the column's own sections, or else in the rows.
    private byte[]?[] FindCells(StoredColumn column)
    {
        bool isBeside = _file.Find(16, column.Id) is not null || _file.Find(18, column.Id) is not null;
        return [.. _rows.Select(row => StoredCells.ReadRow(row).GetValueOrDefault(column.Id) ?? (isBeside ? column.Missing : null))];
    }

    // What a section says of a column, the rows say too.
    private void CheckColumn(StoredColumn column)
    {
        byte[]?[] inRows = [.. _rows.Select(row => StoredCells.ReadRow(row).GetValueOrDefault(column.Id) ?? column.Missing)];
        int width = StoredCells.WidthOf(column.Type);
        if (_file.Find(16, column.Id) is { } cells)
        {
            Assert.True(column.Id <= _highestColumn && !column.IsList);
            byte[]? nulls = _file.Find(17, column.Id);
            byte[]?[] inSection = [.. Enumerable.Range(0, _count).Select(row =>
                nulls is not null && (nulls[row / 8] >> (row % 8) & 1) != 0 ? null : cells[(row * width)..((row + 1) * width)])];
            Assert.Equal(inRows, inSection);
        }
        else if (_file.Find(18, column.Id) is { } codes)
        {
            byte[][] values = Split(_file.Whole(20, column.Id), MemoryMarshal.Cast<byte, uint>(_file.Whole(19, column.Id)).ToArray().Select(end => (int)end));
            Assert.Equal(inRows, Enumerable.Range(0, _count).Select(row => BinaryPrimitives.ReadUInt16LittleEndian(codes.AsSpan(row * 2)) is var code && code > 0 ? values[code - 1] : null));
        }
        else
        {
            Assert.True(column.Id > _highestColumn || column.IsList || width == 0);
        }
    }
}
