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
    private long _bytes;

    /// <summary>Reads the graph.</summary>
    /// <param name="count">The vectors that it must be over.</param>
    /// <param name="memory">What it is loaded with.</param>
    /// <param name="since">Other graphs that were not used since may go for it.</param>
    /// <param name="graph">The graph, or null where the budget has no room for it.</param>
    /// <returns>False where the file is damaged, or holds no graph over that many vectors of the column's metric: what it says is in the vectors too.</returns>
    public bool TryRead(int count, SegmentMemory memory, long since, out HnswGraph? graph)
    {
        graph = null;

        // The size is known from the first time on, so that a graph without room costs no look into the file.
        long reserved = _bytes > 0 && memory.Budget.TryReserve(MemoryKind.Graphs, _bytes, since) ? _bytes : 0;
        if (_bytes > 0 && reserved == 0)
        {
            return true;
        }

        try
        {
            using var reader = SegmentReader.Open(files, path);
            Section section = Find(reader, column);
            if (reserved == 0)
            {
                _bytes = Math.Max(section.Bytes, 1);
                reserved = memory.Budget.TryReserve(MemoryKind.Graphs, _bytes, since) ? _bytes : 0;
            }

            graph = reserved > 0 ? Open(reader, section, reader.Load(section, memory.Allocator), column, count) : null;
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
        Section section = Find(reader, column);
        return Open(reader, section, reader.Load(section, allocator), column, count);
    }

    private static Section Find(SegmentReader reader, ColumnShape column) =>
        reader.TryGetSection(new SectionKey(SegmentSections.Graph, (ushort)column.Id), out Section? section)
            ? section
            : throw SegmentContents.Damaged(reader, $"the graph of column {column.Id} is missing");

    private static HnswGraph Open(SegmentReader reader, Section section, NativeBuffer buffer, ColumnShape column, int count)
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
}
