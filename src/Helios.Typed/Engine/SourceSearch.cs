using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Searches the vectors of one source.</summary>
/// <remarks>
/// 0. Where the keys are known and fewer than the vectors, look them up, and compare with theirs: that is all.
/// 1. With a filter, ask it once for each visible row whose group's statistics do not answer: the answers are a bitmap, and their number is known. 2. Walk the graph
/// or scan, as <see cref="GraphOrScan"/> decides. 3. A walk that came back with too little is followed by a scan, so that
/// as many rows are found as were wanted whenever so many match.
/// </remarks>
internal sealed class SourceSearch
{
    private const int RowsPerCancellationCheck = 1024;

    private readonly RowSource _source;
    private readonly VectorView _view;
    private readonly SequenceNumber _asOf;
    private readonly SearchRequest _request;
    private readonly CancellationToken _cancellationToken;
    private readonly VectorShape _shape;
    private readonly int _wanted;
    private readonly IComparer<int>? _tieOrder;

    private SourceSearch(TableSnapshot snapshot, RowSource source, VectorView view, SearchRequest request, CancellationToken cancellationToken)
    {
        _source = source;
        _view = view;
        _asOf = snapshot.Sequence;
        _request = request;
        _cancellationToken = cancellationToken;
        _shape = snapshot.Schema.VectorColumns[request.VectorIndex].Vector!;
        _wanted = Math.Min(request.Limit, view.Block.Count);

        // Slots of a segment follow its keys already.
        _tieOrder = source.IsInKeyOrder ? null : new KeyOrder(source, view);
    }

    /// <summary>Gets the answers, nearest first.</summary>
    public List<Neighbor> Found { get; } = [];

    /// <summary>Gets how many vectors were compared.</summary>
    public long DistancesComputed { get; private set; }

    /// <summary>Gets whether the graph gave the answers.</summary>
    public bool UsedGraph { get; private set; }

    /// <summary>Gives the ordinal of a slot.</summary>
    public int OrdinalOf(int slot) => _view.OrdinalOf(slot);

    /// <summary>Searches.</summary>
    /// <returns>The search with its answers, or null where the source has no vectors.</returns>
    public static SourceSearch? Run(TableSnapshot snapshot, RowSource source, SearchRequest request, CancellationToken cancellationToken)
    {
        using VectorView view = source.Vectors(request.VectorIndex);
        if (view.Block.Count == 0)
        {
            return null;
        }

        SourceSearch search = new(snapshot, source, view, request, cancellationToken);
        if (request.Keys is { } keys && keys.Count < view.Block.Count)
        {
            search.SearchKeys(snapshot, keys);
        }
        else if (request.Filter is null)
        {
            search.SearchVisible();
        }
        else
        {
            search.SearchMatching(snapshot, request.Filter);
        }

        return search;
    }

    private void SearchKeys(TableSnapshot snapshot, IReadOnlyList<byte[]> keys)
    {
        using RowCursor cursor = _source.OpenCursor(snapshot.Schema);
        NearestHeap nearest = new(Found, _wanted, _tieOrder);
        for (int i = 0; i < keys.Count; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
            }

            if (!_source.TryFind(keys[i], _asOf, out int ordinal) || !_view.TrySlotOf(ordinal, out int slot))
            {
                continue;
            }

            cursor.MoveTo(ordinal);
            if (_request.Filter is { } filter && !filter.Matches(cursor))
            {
                continue;
            }

            float distance = FlatSearch.Distance(_view.Block, _request.Query.Span, slot);
            DistancesComputed++;
            if (distance <= _request.MaxDistance)
            {
                nearest.Offer(distance, slot);
            }
        }

        nearest.Sort();
    }

    private void SearchVisible()
    {
        // Asked after the view was taken: rows that came since are in no slot of it.
        bool allVisible = _source.AllVisible(_asOf);
        int count = _view.Block.Count;
        int matching = allVisible ? count : Math.Max(count - _source.EndedCount, 0);
        VisibleSlots? filter = allVisible ? null : new VisibleSlots(_source, _view, _asOf);
        if (PrefersScan(matching) || !TryWalk(filter, () => allVisible ? count : CountVisible()))
        {
            Scan(filter);
        }
    }

    private void SearchMatching(TableSnapshot snapshot, RowFilter filter)
    {
        using BitSet matching = Match(snapshot, filter);
        int count = matching.Count();
        if (count == 0)
        {
            return;
        }

        MatchingSlots slots = new(matching);
        if (PrefersScan(count) || !TryWalk(slots, () => count))
        {
            Scan(slots);
        }
    }

    private BitSet Match(TableSnapshot snapshot, RowFilter filter)
    {
        BitSet matching = new(_view.Block.Count);
        try
        {
            GroupedFilter groups = new(_source, snapshot.Schema, filter);
            using RowCursor cursor = _source.OpenCursor(snapshot.Schema);
            for (int slot = 0; slot < _view.Block.Count && !groups.MatchesNone; slot++)
            {
                if (slot % RowsPerCancellationCheck == 0)
                {
                    _cancellationToken.ThrowIfCancellationRequested();
                }

                int ordinal = _view.OrdinalOf(slot);
                if (!groups.MayMatch(ordinal))
                {
                    slot = _view.Ordinals is null ? groups.Last : slot;
                    continue;
                }

                if (!_source.IsVisible(ordinal, _asOf))
                {
                    continue;
                }

                cursor.MoveTo(ordinal);
                if (groups.Matches(cursor))
                {
                    matching.Add(slot);
                }
            }

            return matching;
        }
        catch
        {
            matching.Dispose();
            throw;
        }
    }

    private int Beam => Math.Max(_wanted, _request.Beam > 0 ? _request.Beam : _shape.SearchBeam);

    private bool PrefersScan(int matching) =>
        _view.Graph is null || _request.Exact || _shape.Index == IndexKind.Flat
        || GraphOrScan.PrefersScan(_view.Block.Count, matching, Beam, _view.Graph.MaxConnections);

    private bool TryWalk(SlotFilter? filter, Func<int> countMatching)
    {
        DistancesComputed += HnswSearch.Search(
            _view.Graph!, _view.Block, _request.Query.Span, _wanted, Beam, filter, _tieOrder, Found, _cancellationToken);
        int met = Found.Count;
        int near = Found.FindLastIndex(neighbor => neighbor.Distance <= _request.MaxDistance) + 1;
        Found.RemoveRange(near, met - near);

        // The walk may have missed rows nearer than some that it met, so a bound on the distance proves nothing: only as
        // many as are wanted, or all there are, is an answer.
        UsedGraph = near == _wanted || met >= countMatching();
        return UsedGraph;
    }

    private void Scan(SlotFilter? filter) => DistancesComputed +=
        FlatSearch.Search(_view.Block, _request.Query.Span, _wanted, _request.MaxDistance, filter, _tieOrder, Found, _cancellationToken);

    private int CountVisible()
    {
        int visible = 0;
        for (int slot = 0; slot < _view.Block.Count; slot++)
        {
            visible += _source.IsVisible(_view.OrdinalOf(slot), _asOf) ? 1 : 0;
        }

        return visible;
    }

    private sealed class VisibleSlots(RowSource source, VectorView view, SequenceNumber asOf) : SlotFilter
    {
        public override bool Accepts(int slot) => source.IsVisible(view.OrdinalOf(slot), asOf);
    }

    private sealed class MatchingSlots(BitSet matching) : SlotFilter
    {
        public override bool Accepts(int slot) => matching.Contains(slot);
    }

    private sealed class KeyOrder(RowSource source, VectorView view) : IComparer<int>
    {
        public int Compare(int x, int y) => source.KeyOf(view.OrdinalOf(x)).SequenceCompareTo(source.KeyOf(view.OrdinalOf(y)));
    }
}
