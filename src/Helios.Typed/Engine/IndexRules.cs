using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Says which vectors get a graph.</summary>
internal static class IndexRules
{
    /// <summary>The rows from which a graph is quicker than a scan by enough to be worth building.</summary>
    public const int RowsWorthAGraph = 50_000;

    /// <summary>The dimensions from which codes are walked unless it is said otherwise: below, a code is padded to as many bytes, and full vectors are as near at hand.</summary>
    public const int DimensionsWorthCodes = 64;

    /// <summary>Says what the graph of a column is walked on: full vectors or one kind of codes.</summary>
    public static Quantization CodesOf(VectorShape shape) => shape.Quantization != Quantization.Auto ? shape.Quantization
        : shape.Dimensions >= DimensionsWorthCodes ? Quantization.Scalar
        : Quantization.None;

    /// <summary>Says whether so many rows of a column should get a graph.</summary>
    /// <param name="column">The column.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="isAsked">Whether somebody waits for the index: then an explicit HNSW column gets one at any size.</param>
    public static bool WantsGraph(ColumnShape column, long rows, bool isAsked) => column.Vector?.Index switch
    {
        IndexKind.Hnsw => rows >= (isAsked ? 1 : RowsWorthAGraph),
        IndexKind.Auto => rows >= RowsWorthAGraph,
        _ => false,
    };

    /// <summary>Says whether any column of a table should get a graph over so many rows.</summary>
    public static bool WantsGraph(TableShape shape, long rows, bool isAsked) =>
        shape.Columns.Any(column => WantsGraph(column, rows, isAsked));

    /// <summary>Says whether a column of a segment should get a graph; one that a merge took is owed at any size.</summary>
    public static bool WantsGraph(ColumnShape column, Segment segment, bool isAsked) => WantsGraph(column, segment.RowCount, isAsked || segment.IsOwedGraph);

    /// <summary>Says whether any graph stands beside a segment, and none that was found damaged.</summary>
    public static bool HasAnyGraph(Segment segment) => !segment.HasDamagedGraph && segment.Description.Sidecars.Any(sidecar => sidecar.Kind == SegmentSections.GraphSidecar);

    /// <summary>Says whether a segment lacks a graph that it should have.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="shape">The table as it is now; the segment takes over its settings.</param>
    /// <param name="wants">Says whether so many rows should get one.</param>
    public static bool LacksGraph(Segment segment, TableShape shape, Func<long, bool> wants)
    {
        segment.Adopt(DatabaseState.SchemaOf(shape));
        IReadOnlyList<ColumnShape> columns = DatabaseState.SchemaOf(shape).VectorColumns;
        return Enumerable.Range(0, columns.Count).Any(i => columns[i].Vector!.Index != IndexKind.Flat && !segment.HasGraph(i))
            && (wants(segment.RowCount) || (segment.IsOwedGraph && WantsGraph(shape, segment.RowCount, isAsked: true)));
    }
}
