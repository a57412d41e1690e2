using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads the statistics of a segment by docs/format/segment-sections.md, and holds each of them to the values.</summary>
internal static class StoredStatistics
{
    /// <summary>Checks a section.</summary>
    /// <param name="section">Its bytes.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The columns that must have statistics, with their cells by row, of which null stands for none.</param>
    public static void Check(byte[] section, int rows, IReadOnlyDictionary<ushort, (StoredColumn Column, byte[]?[] Cells)> columns)
    {
        ByteReader header = new(section);
        int perGroup = header.Int32();
        int count = header.UInt16();
        Assert.Equal((1024, 0), (perGroup, header.UInt16()));
        int groups = (rows + perGroup - 1) / perGroup;
        List<ushort> seen = [];
        int total = 8 + (16 * count);
        long next = -1;
        for (int i = 0; i < count; i++)
        {
            ushort id = header.UInt16();
            byte type = header.Byte();
            bool isList = header.Byte() == 1;
            int bytes = header.Int32();
            long offset = header.Int64();
            seen.Add(id);
            int bound = isList || type == 21 ? 0 : StoredCells.WidthOf(type) is int width and > 0 ? width : 32;
            Assert.Equal(8 + (2 * bound), bytes);
            Assert.True(next < 0 || offset == next);
            next = offset + ((long)bytes * groups);
            if (columns.TryGetValue(id, out (StoredColumn Column, byte[]?[] Cells) known))
            {
                Assert.Equal((known.Column.Type, known.Column.IsList), (type, isList));
                CheckEntry(type, bound, section.AsSpan(total, bytes), known.Cells);
                for (int group = 0; group < groups; group++)
                {
                    CheckEntry(type, bound, section.AsSpan((int)offset + (group * bytes), bytes), known.Cells[(group * perGroup)..Math.Min((group + 1) * perGroup, rows)]);
                }
            }

            total += bytes;
        }

        Assert.Equal(section.Length, next);
        Assert.Equal(seen.Order(), seen);
        Assert.Empty(columns.Keys.Except(seen));
    }

    private static void CheckEntry(byte type, int bound, ReadOnlySpan<byte> entry, byte[]?[] cells)
    {
        ByteReader reader = new(entry);
        Assert.Equal((uint)cells.Count(cell => cell is null), reader.UInt32());
        byte flags = reader.Byte();
        int lowBytes = reader.Byte();
        int highBytes = reader.Byte();
        Assert.Equal(0, reader.Byte());
        byte[][] values = [.. cells.OfType<byte[]>()];
        Assert.Equal(bound > 0 && values.Length > 0, (flags & 1) != 0);
        if (flags == 0)
        {
            Assert.Equal(-1, entry[4..].IndexOfAnyExcept((byte)0));
            return;
        }

        byte[] least = values.MinBy(value => value, Comparer<byte[]>.Create((a, b) => Compare(type, a, b)))!;
        byte[] most = values.MaxBy(value => value, Comparer<byte[]>.Create((a, b) => Compare(type, a, b)))!;
        Assert.Equal(0, Compare(type, least[..Math.Min(least.Length, bound)], reader.Take(bound)[..lowBytes].ToArray()));
        byte[] high = reader.Take(bound)[..highBytes].ToArray();
        if (most.Length <= bound)
        {
            Assert.Equal(1, flags);
            Assert.Equal(0, Compare(type, most, high));
            return;
        }

        // The next value that is no longer than the bound and does not begin as the greatest does.
        byte[] raised = most[..bound];
        int last = Array.FindLastIndex(raised, value => value < 255);
        Assert.Equal(last < 0 ? 3 : 1, flags);
        if (last >= 0)
        {
            raised[last]++;
            Assert.Equal(raised[..(last + 1)], high);
        }
    }

    private static int Compare(byte type, byte[] a, byte[] b) => (type is 13 or 14 or 20 ? a : StoredCells.ReadCell(type, a), type is 13 or 14 or 20 ? b : StoredCells.ReadCell(type, b)) switch
    {
        (byte[] x, byte[] y) => x.AsSpan().SequenceCompareTo(y),
        (float x, float y) => CompareNumbers(x, y),
        (double x, double y) => CompareNumbers(x, y),
        (DateTime x, DateTime y) => x.Ticks.CompareTo(y.Ticks),
        (IComparable x, var y) => x.CompareTo(y),
        _ => throw new InvalidDataException($"values of type {type} have no order"),
    };

    private static int CompareNumbers(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : a.CompareTo(b);
}
