using Helios.Typed.Primitives;
using Helios.Typed.Storage.Manifest;
using Xunit;

namespace Helios.Typed.Tests.Storage.Manifest;

/// <summary>Makes and compares manifest states.</summary>
internal static class ManifestStates
{
    public static ManifestTable Table(uint id, long nextKey = 1, ulong persisted = 0, params byte[] shape) =>
        new(new TableId(id), shape, nextKey, new SequenceNumber(persisted));

    public static ManifestSegment Segment(ulong id, string fileName, params ManifestSidecar[] sidecars) =>
        new(new SegmentId(id), new TableId(1), fileName, 10, new SequenceNumber(id), new SequenceNumber(id + 9), sidecars);

    /// <summary>Makes a state that differs at random from another.</summary>
    public static ManifestState Next(ManifestState state, Random random)
    {
        List<ManifestTable> tables = [.. state.Tables];
        List<ManifestSegment> segments = [.. state.Segments];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            switch (random.Next(11))
            {
                case 0:
                    tables.Insert(random.Next(tables.Count + 1), Table((uint)random.Next(1, 1000) + (1000 * (uint)tables.Count), shape: Bytes(random)));
                    break;
                case 1 when tables.Count > 0:
                    tables.RemoveAt(random.Next(tables.Count));
                    break;
                case 2 when tables.Count > 0:
                    int changed = random.Next(tables.Count);
                    tables[changed] = tables[changed] with { NextKey = random.NextInt64(), PersistedThrough = new SequenceNumber((ulong)random.NextInt64()) };
                    break;
                case 3 when tables.Count > 0:
                    int reshaped = random.Next(tables.Count);
                    tables[reshaped] = tables[reshaped] with { Shape = Bytes(random) };
                    break;
                case 4 when segments.Count > 0:
                    segments.RemoveAt(random.Next(segments.Count));
                    break;
                case 5 when segments.Count > 0:
                    int extended = random.Next(segments.Count);
                    var sidecar = new ManifestSidecar((ushort)random.Next(3), (ushort)random.Next(9), (ulong)random.NextInt64(), $"{random.Next():D6}.graph");
                    segments[extended] = segments[extended] with { Sidecars = [.. segments[extended].Sidecars, sidecar] };
                    break;
                case 6:
                    state = state with { FirstLogNumber = state.FirstLogNumber + 1, PersistedThrough = new SequenceNumber((ulong)random.NextInt64()) };
                    break;
                case 7 when state.RetainedLogs.Count > 0:
                    state = state with { RetainedLogs = [.. state.RetainedLogs.Skip(random.Next(1, state.RetainedLogs.Count + 1))] };
                    break;
                case 8:
                    state = state with { RetainedLogs = [.. state.RetainedLogs, Log(state.RetainedLogs.Count > 0 ? state.RetainedLogs[^1] : null, random)] };
                    break;
                case 9:
                    state = random.Next(4) == 0 ? state.Break(Id(random), Sequence(random)) : state.Fork(Id(random), Sequence(random));
                    break;
                default:
                    segments.Insert(random.Next(segments.Count + 1), Segment(state.NextFileNumber, $"{state.NextFileNumber:D6}.seg"));
                    state = state with { NextFileNumber = state.NextFileNumber + 1 };
                    break;
            }
        }

        return state with { Tables = tables.DistinctBy(table => table.Id).ToList(), Segments = segments };
    }

    public static void AssertSame(ManifestState expected, ManifestState actual) => Assert.Equal(Text(expected), Text(actual));

    /// <summary>Says all of a state.</summary>
    public static string Text(ManifestState state) =>
        $"{state.DatabaseId} {string.Join(',', state.Histories)} {state.NextFileNumber} {state.FirstLogNumber} {state.PersistedThrough} {string.Join(',', state.RetainedLogs)}\n"
        + string.Join('\n', state.Tables.Select(table => $"{table.Id} {table.NextKey} {table.PersistedThrough} {Convert.ToHexString(table.Shape.Span)}"))
        + "\n"
        + string.Join('\n', state.Segments.Select(segment => $"{segment.Id} {segment.Table} {segment.FileName} {segment.Rows} {segment.First} {segment.Last} {string.Join(',', segment.Sidecars)}"));

    private static ManifestLog Log(ManifestLog? before, Random random)
    {
        ulong first = (before?.Last.Value ?? 0) + (ulong)random.Next(1, 9);
        return new ManifestLog((before?.Number ?? 0) + (ulong)random.Next(1, 3), new SequenceNumber(first), new SequenceNumber(first + (ulong)random.Next(9)), random.Next(1, 1 << 20));
    }

    private static SequenceNumber Sequence(Random random) => new((ulong)random.NextInt64());

    private static Guid Id(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(0, 40)];
        random.NextBytes(bytes);
        return bytes;
    }
}
