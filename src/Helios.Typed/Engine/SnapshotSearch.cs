namespace Helios.Typed.Engine;

/// <summary>Searches the vectors of a snapshot: graph where a source has one, exact scan elsewhere, merged.</summary>
internal static class SnapshotSearch
{
    /// <summary>Finds the nearest visible rows, nearest first, ties by key.</summary>
    /// <param name="snapshot">What to search.</param>
    /// <param name="request">What for.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The answers, and what they took.</returns>
    public static SearchOutcome Search(TableSnapshot snapshot, SearchRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>Is a vector search.</summary>
/// <param name="VectorIndex">The column's place in the schema's vector columns.</param>
/// <param name="Query">The query, of shape [dimensions], already checked.</param>
/// <param name="Limit">How many rows are wanted; all of them come back whenever so many match.</param>
/// <param name="MaxDistance">Farther rows are left out; positive infinity for none.</param>
/// <param name="Beam">The graph's ef, or 0 for the column's own.</param>
/// <param name="Exact">Whether graphs are passed over.</param>
/// <param name="Filter">Which visible rows may be returned, or null for all.</param>
internal sealed record SearchRequest(int VectorIndex, ReadOnlyMemory<float> Query, int Limit, float MaxDistance, int Beam, bool Exact, RowFilter? Filter);

/// <summary>Says which rows of a snapshot match; made by the query room from a predicate.</summary>
internal abstract class RowFilter
{
    /// <summary>Says whether the row that a cursor stands on matches.</summary>
    public abstract bool Matches(RowCursor row);
}

/// <summary>Is what a search found and took.</summary>
/// <param name="Hits">The rows, nearest first.</param>
/// <param name="DistancesComputed">How many vectors were compared.</param>
/// <param name="GraphSources">How many sources were searched by their graph.</param>
/// <param name="ScannedSources">How many were scanned.</param>
internal sealed record SearchOutcome(IReadOnlyList<SearchHit> Hits, long DistancesComputed, int GraphSources, int ScannedSources);

/// <summary>Is one row that a search found.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Distance">How far.</param>
internal readonly record struct SearchHit(RowLocation Location, float Distance);
