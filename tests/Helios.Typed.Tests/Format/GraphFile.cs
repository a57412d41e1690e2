using System.Buffers.Binary;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads a graph by docs/format/graph.md.</summary>
internal static class GraphFile
{
    private const uint None = uint.MaxValue;

    /// <summary>Checks that a graph is one over a number of vectors, and that from its entry every node can be reached on the lowest level.</summary>
    public static void Check(ReadOnlySpan<byte> graph, int vectors, int metric)
    {
        Assert.True(graph[..8].SequenceEqual("HELGRAPH"u8));
        Assert.Equal([1u, 256u, (uint)vectors], new[] { At(graph, 8), At(graph, 12), At(graph, 16) });
        Assert.Equal((uint)metric, At(graph, 36));
        Assert.Equal(graph.Length, BinaryPrimitives.ReadInt64LittleEndian(graph[48..]));
        int m = (int)At(graph, 20);
        int levels = (int)At(graph, 32);
        uint[][] links = ReadLinks(graph, 256, vectors, 2 * m);
        int at = Align(256 + (vectors * 2 * m * 4));
        uint[] slots = [.. Enumerable.Range(0, vectors).Select(slot => (uint)slot)];
        for (int level = 1; level <= levels; level++)
        {
            int count = (int)At(graph, 128 + ((level - 1) * 4));
            uint[] below = slots;
            slots = ReadNumbers(graph, at, count);
            uint[] numbersBelow = ReadNumbers(graph, at + (count * 4), count);
            Assert.Equal(slots, numbersBelow.Select(number => below[number]));
            ReadLinks(graph, at + (count * 8), count, m);
            at = Align(at + (count * (2 + m) * 4));
        }

        Assert.Equal(graph.Length, at);
        HashSet<uint> reached = [slots[At(graph, 28)]];
        Queue<uint> next = new(reached);
        while (next.TryDequeue(out uint node))
        {
            foreach (uint link in links[node].Where(reached.Add))
            {
                next.Enqueue(link);
            }
        }

        Assert.Equal(vectors, reached.Count);
    }

    private static int Align(int offset) => (offset + 63) / 64 * 64;

    private static uint At(ReadOnlySpan<byte> graph, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(graph[offset..]);

    private static uint[] ReadNumbers(ReadOnlySpan<byte> graph, int offset, int count)
    {
        uint[] numbers = new uint[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = At(graph, offset + (i * 4));
        }

        return numbers;
    }

    private static uint[][] ReadLinks(ReadOnlySpan<byte> graph, int offset, int count, int width)
    {
        uint[][] rows = new uint[count][];
        for (int row = 0; row < count; row++)
        {
            uint[] all = ReadNumbers(graph, offset + (row * width * 4), width);
            rows[row] = [.. all.TakeWhile(link => link != None)];
            Assert.All(all[rows[row].Length..], link => Assert.Equal(None, link));
            Assert.All(rows[row], link => Assert.True(link < count));
        }

        return rows;
    }
}
