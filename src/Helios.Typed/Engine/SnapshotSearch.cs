using System.Runtime.ExceptionServices;
using Helios.Typed.Indexing;

namespace Helios.Typed.Engine;

/// <summary>Searches the vectors of a snapshot: graph where a source has one, exact scan elsewhere, merged.</summary>
internal static class SnapshotSearch
{
    /// <summary>Finds the nearest visible rows, nearest first, ties by key.</summary>
    /// <param name="snapshot">What to search.</param>
    /// <param name="request">What for.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The answers, and what they took.</returns>
    /// <exception cref="HeliosCorruptionException">A file that the search needs is damaged.</exception>
    public static SearchOutcome Search(TableSnapshot snapshot, SearchRequest request, CancellationToken cancellationToken)
    {
        List<SearchHit> hits = [];
        long distances = 0;
        int graphs = 0;
        int scans = 0;
        for (int i = 0; i < snapshot.Sources.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (SourceSearch.Run(snapshot, snapshot.Sources[i], request, cancellationToken) is not { } search)
            {
                continue;
            }

            distances += search.DistancesComputed;
            graphs += search.UsedGraph ? 1 : 0;
            scans += search.UsedGraph ? 0 : 1;
            foreach (Neighbor found in search.Found)
            {
                hits.Add(new SearchHit(new RowLocation(i, search.OrdinalOf(found.Slot)), found.Distance));
            }
        }

        // One source's answers are in order; those of several are brought into one.
        if (graphs + scans > 1)
        {
            Sort(snapshot, hits);
        }

        if (hits.Count > request.Limit)
        {
            hits.RemoveRange(request.Limit, hits.Count - request.Limit);
        }

        return new SearchOutcome(hits, distances, graphs, scans);
    }

    private static void Sort(TableSnapshot snapshot, List<SearchHit> hits)
    {
        try
        {
            hits.Sort((a, b) => Compare(snapshot, a, b));
        }
        catch (InvalidOperationException error) when (error.InnerException is { } cause)
        {
            // Keys of ties are read from files, and sorting wraps what that throws.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private static int Compare(TableSnapshot snapshot, SearchHit a, SearchHit b)
    {
        int byDistance = a.Distance.CompareTo(b.Distance);
        return byDistance != 0 ? byDistance : KeyOf(snapshot, a).SequenceCompareTo(KeyOf(snapshot, b));
    }

    private static ReadOnlySpan<byte> KeyOf(TableSnapshot snapshot, SearchHit hit) =>
        snapshot.Sources[hit.Location.Source].KeyOf(hit.Location.Ordinal);
}

/// <summary>Is a vector search.</summary>
/// <param name="VectorIndex">The column's place in the schema's vector columns.</param>
/// <param name="Query">The query, of shape [dimensions], already checked.</param>
/// <param name="Limit">How many rows are wanted; all of them come back whenever so many match.</param>
/// <param name="MaxDistance">Farther rows are left out; positive infinity for none.</param>
/// <param name="Beam">The graph's ef, or 0 for the column's own.</param>
/// <param name="Exact">Whether graphs are passed over.</param>
/// <param name="Filter">Which visible rows may be returned, or null for all.</param>
internal sealed record SearchRequest(int VectorIndex, ReadOnlyMemory<float> Query, int Limit, float MaxDistance, int Beam, bool Exact, RowFilter? Filter)
{
    /// <summary>Gets the ordered bytes of the only keys that can match, each once, or null where any can.</summary>
    public IReadOnlyList<byte[]>? Keys { get; init; }
}

/// <summary>Says which rows of a snapshot match; made by the query room from a predicate.</summary>
internal abstract class RowFilter
{
    /// <summary>Says whether the row that a cursor stands on matches.</summary>
    /// <exception cref="HeliosCorruptionException">The row is not what was written.</exception>
    public bool Matches(RowCursor row)
    {
        try
        {
            return Test(row);
        }
        catch (InvalidDataException error)
        {
            throw row.Damaged(error);
        }
    }

    /// <summary>Tests the row.</summary>
    /// <exception cref="InvalidDataException">A cell is not one of its type.</exception>
    protected abstract bool Test(RowCursor row);

    /// <summary>Says how many rows of a group match, as far as it can be told without a look at them.</summary>
    /// <exception cref="InvalidDataException">What is known of a column is no value of its type.</exception>
    public virtual GroupMatch MatchesGroup(in RowGroup group) => GroupMatch.Some;
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
