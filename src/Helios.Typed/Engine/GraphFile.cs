using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the file of a column's graph, which is read whole, verified, when the graph is wanted and there is room for it.</summary>
/// <param name="files">The file system.</param>
/// <param name="path">The file.</param>
/// <param name="column">The column.</param>
/// <param name="damaged">Is told where the file is damaged, or null.</param>
internal sealed class GraphFile(IFileSystem files, string path, ColumnShape column, Action<HeliosCorruptionException>? damaged)
{
    // The section of the graph, and what it takes in memory with its codes and with nothing but them, once that is known.
    private GraphRoom? _room;

    /// <summary>Reads the graph: with its codes, where it has any and there is room for them, and otherwise without.</summary>
    /// <param name="count">The vectors that it must be over.</param>
    /// <param name="memory">What it is loaded with.</param>
    /// <param name="since">Other graphs that were not used since may go for it.</param>
    /// <param name="graph">The graph, or null where the budget has no room for it.</param>
    /// <returns>False where the file is damaged, or holds no graph over that many vectors of the column's metric: what it says is in the vectors too.</returns>
    public bool TryRead(int count, SegmentMemory memory, long since, out HnswGraph? graph)
    {
        graph = null;
        long reserved = 0;

        // The sizes are known from the first time on, so that a graph without room costs no look into the file.
        if (_room is { } known && (reserved = Reserve(known, memory, since)) == 0)
        {
            return true;
        }

        try
        {
            using var reader = SegmentReader.Open(files, path);
            if (_room is not { } room)
            {
                room = GraphRoom.Of(reader, column, count);
                _room = room;
                reserved = Reserve(room, memory, since);
            }

            graph = reserved > 0 ? Open(reader, column, count, memory.Allocator, withCodes: reserved > room.Plain) : null;
            if (graph is not null && graph.Bytes < reserved)
            {
                memory.Budget.Release(MemoryKind.Graphs, reserved - graph.Bytes);
            }

            return true;
        }
        catch (HeliosCorruptionException error)
        {
            damaged?.Invoke(error);
            return false;
        }
        finally
        {
            if (graph is null && reserved > 0)
            {
                memory.Budget.Release(MemoryKind.Graphs, reserved);
            }
        }
    }

    /// <summary>Reads a graph, whatever memory it takes.</summary>
    /// <exception cref="HeliosCorruptionException">The file is damaged, or holds no graph over that many vectors of the column's metric.</exception>
    /// <exception cref="HeliosFormatException">The file or the graph is of an unknown version.</exception>
    public static HnswGraph Read(IFileSystem files, string path, ColumnShape column, int count, NativeAllocator allocator)
    {
        using var reader = SegmentReader.Open(files, path);
        return Open(reader, column, count, allocator, withCodes: true);
    }

    private static Section Find(SegmentReader reader, ColumnShape column) =>
        reader.TryGetSection(new SectionKey(SegmentSections.Graph, (ushort)column.Id), out Section? section)
            ? section
            : throw SegmentContents.Damaged(reader, $"the graph of column {column.Id} is missing");

    private static long Reserve(GraphRoom room, SegmentMemory memory, long since) =>
        room.Coded > 0 && memory.Budget.TryReserve(MemoryKind.Graphs, room.Coded, since) ? room.Coded
            : memory.Budget.TryReserve(MemoryKind.Graphs, room.Plain, since) ? room.Plain
            : 0;

    private static HnswGraph Open(SegmentReader reader, ColumnShape column, int count, NativeAllocator allocator, bool withCodes)
    {
        Section section = Find(reader, column);
        HnswGraph graph = OpenPlain(reader, section, reader.Load(section, allocator), column, count);
        if (!withCodes || FindCodes(reader, column) is not { } codes)
        {
            return graph;
        }

        CodedNodes nodes;
        try
        {
            nodes = ReadCodes(reader, codes, column, graph, allocator);
        }
        catch
        {
            graph.Dispose();
            throw;
        }

        return graph.WithCodes(nodes, allocator);
    }

    private static Section? FindCodes(SegmentReader reader, ColumnShape column) =>
        reader.TryGetSection(new SectionKey(SegmentSections.Codes, (ushort)column.Id), out Section? codes) ? codes : null;

    private static CodedNodes ReadCodes(SegmentReader reader, Section section, ColumnShape column, HnswGraph graph, NativeAllocator allocator)
    {
        try
        {
            using CodedNodesReader codes = new(graph.Count, column.Vector!.Dimensions, graph.Metric, 2 * graph.MaxConnections, allocator);
            byte[] buffer = [];
            for (long unit = 0; unit < section.Units; unit++)
            {
                codes.Add(reader.ReadUnit(section, unit, ref buffer).Span);
            }

            return codes.End();
        }
        catch (InvalidDataException error)
        {
            throw (HeliosException?)UnknownVersion.In(error, reader.Path) ?? SegmentContents.Damaged(reader, error.Message, section);
        }
    }

    private static HnswGraph OpenPlain(SegmentReader reader, Section section, NativeBuffer buffer, ColumnShape column, int count)
    {
        try
        {
            var graph = HnswGraph.Open(buffer, count);
            if (graph.Metric == column.Vector!.Metric)
            {
                return graph;
            }

            graph.Dispose();
            throw new InvalidDataException($"its graph is built for {graph.Metric}, and column '{column.Name}' wants {column.Vector.Metric}");
        }
        catch (InvalidDataException error)
        {
            throw (HeliosException?)UnknownVersion.In(error, reader.Path) ?? SegmentContents.Damaged(reader, error.Message, section);
        }
    }

    /// <summary>Is the memory that a graph takes, while it is read as well: its links stand twice for a moment where they come to stand beside codes.</summary>
    /// <param name="Plain">Without codes.</param>
    /// <param name="Coded">With codes, or 0 where it has none.</param>
    private sealed record GraphRoom(long Plain, long Coded)
    {
        public static GraphRoom Of(SegmentReader reader, ColumnShape column, int count)
        {
            long plain = Math.Max(Find(reader, column).Bytes, 1);

            // Never less than what it turns out to take: a level 0 has no more links than the file has bytes.
            int degree = (int)Math.Min(plain / sizeof(uint) / Math.Max(count, 1), 2 * HnswGraphFormat.MaxConnections);
            return new GraphRoom(plain, FindCodes(reader, column) is null ? 0 : (2 * plain) + CodedNodes.BytesFor(count, column.Vector!.Dimensions, degree));
        }
    }
}
