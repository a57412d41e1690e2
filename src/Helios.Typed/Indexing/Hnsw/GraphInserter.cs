using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;
using Helios.Typed.Primitives;
using Format = Helios.Typed.Indexing.Hnsw.HnswGraphFormat;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Inserts nodes into a graph whose levels stand (Malkov and Yashunin 2018, algorithms 1 and 4).</summary>
/// <remarks>
/// <para>
/// Several threads may insert at once. Rows are written under their node's lock and read without: a link is written in
/// one piece and leads to a node of its level whatever else changes, so a reader sees at worst an older or shorter row.
/// </para>
/// <para>
/// All levels are searched first, then the node is linked from level 0 upwards, and becomes the entry last: whoever meets
/// it on some level finds its links on every level below. A node that rises above the entry is inserted under the
/// entry's lock, so that no two rise at once without meeting.
/// </para>
/// </remarks>
internal sealed unsafe class GraphInserter<TDistance, TElement> : IDisposable
    where TDistance : struct, IDistance
    where TElement : unmanaged
{
    // The beam that looks for a neighbor of a node which no walk finds.
    private const int ConnectBeam = 64;

    private readonly HnswGraph _graph;
    private readonly VectorRows<TDistance, TElement> _rows;
    private readonly HnswOptions _options;
    private readonly int _dimensions;

    // The rank of each link, laid out as the links are: a full row is pruned without ranking its links again.
    private readonly NativeBuffer[] _ranks;

    private readonly byte[] _locks;
    private readonly Lock _entryLock = new();

    // The entry's level and its index there, in one piece.
    private long _entry = -1;

    /// <summary>Prepares to build.</summary>
    public GraphInserter(HnswGraph graph, VectorBlock block, HnswOptions options, NativeAllocator allocator)
    {
        _graph = graph;
        _rows = new VectorRows<TDistance, TElement>(block);
        _options = options;
        _dimensions = block.Dimensions;
        _locks = options.Threads > 1 ? new byte[graph.Count] : [];
        _ranks = new NativeBuffer[graph.Levels.Length];
        try
        {
            for (int level = 0; level < _ranks.Length; level++)
            {
                _ranks[level] = allocator.Allocate((long)graph.Levels[level].Count * graph.Levels[level].Degree * sizeof(float));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBuffer? ranks in _ranks)
        {
            ranks?.Dispose();
        }
    }

    /// <summary>Makes what one thread needs.</summary>
    public InsertScratch NewScratch() => new(_graph);

    /// <summary>Links a node with its neighbors on all its levels.</summary>
    public void Insert(uint slot, InsertScratch scratch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int top = TopLevelOf(slot);
        if (top <= EntryLevel(Volatile.Read(ref _entry)))
        {
            InsertBelow(slot, top, Volatile.Read(ref _entry), scratch, cancellationToken);
            return;
        }

        lock (_entryLock)
        {
            long entry = _entry;
            if (entry >= 0)
            {
                InsertBelow(slot, top, entry, scratch, cancellationToken);
            }

            if (top > EntryLevel(entry))
            {
                uint index = _graph.Levels[top].IndexOf(slot);
                Volatile.Write(ref _entry, ((long)top << 32) | index);
                if (top == _graph.Levels.Length - 1)
                {
                    _graph.Entry = index;
                }
            }
        }
    }

    /// <summary>Makes every node reachable from the entry on level 0, where crowding or haste has left some that are not.</summary>
    /// <remarks>
    /// An unreached node u is linked from a reached one near it. Where that one's row is full, u takes the place of its
    /// farthest link w, and w becomes a link of u: what was reached through w still is, and nobody was reached through u.
    /// </remarks>
    /// <returns>How many nodes had to be connected.</returns>
    public int ConnectAll(InsertScratch scratch, CancellationToken cancellationToken)
    {
        HnswLevel ground = _graph.Levels[0];
        uint entry = _graph.Levels[^1].SlotOf(_graph.Entry);
        GroundReach reach = new(ground);
        reach.Spread(entry);
        int connected = 0;
        for (uint slot = 0; slot < ground.Count; slot++)
        {
            if (!reach.IsReached(slot))
            {
                Connect(ground, slot, entry, scratch, cancellationToken);
                reach.Spread(slot);
                connected++;
            }
        }

        return connected;
    }

    private static int EntryLevel(long entry) => (int)(entry >> 32);

    private int TopLevelOf(uint slot)
    {
        int top = 0;
        while (top + 1 < _graph.Levels.Length && _graph.Levels[top + 1].Slots.BinarySearch(slot) >= 0)
        {
            top++;
        }

        return top;
    }

    private GraphWalk<VectorRows<TDistance, TElement>> WalkTowards(uint slot, InsertScratch scratch)
    {
        Span<float> prepared = scratch.Walk.QueryOf(_dimensions);
        TDistance.Prepare(_rows[slot], prepared);
        return new GraphWalk<VectorRows<TDistance, TElement>>(_rows, scratch.Walk, (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(prepared)));
    }

    private void InsertBelow(uint slot, int top, long entry, InsertScratch scratch, CancellationToken cancellationToken)
    {
        GraphWalk<VectorRows<TDistance, TElement>> walk = WalkTowards(slot, scratch);
        ReadOnlySpan<HnswLevel> levels = _graph.Levels;
        int entryLevel = EntryLevel(entry);
        Candidate nearest = walk.Visit(levels[entryLevel], (uint)entry);
        for (int number = entryLevel; number >= 0; number--)
        {
            HnswLevel level = levels[number];
            if (number > top)
            {
                walk.Descend(level, ref nearest);
            }
            else
            {
                CandidatePool pool = scratch.Walk.PoolOf(_options.ConstructionBeam);
                walk.Collect(level, nearest, ref pool, cancellationToken);
                nearest = pool.Entries[0];
                scratch.SetChosen(number, Select(level, level.IndexOf(slot), pool.Entries, scratch.RoomOf(number), scratch));
            }

            nearest = number == 0 ? nearest : new Candidate(nearest.Rank, level.BelowOf(nearest.Index));
        }

        for (int number = 0; number <= Math.Min(top, entryLevel); number++)
        {
            Link(number, levels[number].IndexOf(slot), scratch.ChosenOf(number), scratch);
        }
    }

    /// <summary>Keeps a candidate where it is nearer to the node than to any neighbor kept before (algorithm 4).</summary>
    /// <remarks>
    /// <para>
    /// Room that is left goes to the nearest of those not kept (the paper's keepPrunedConnections): at an equal number of
    /// distances it finds more in the range of recall from 0.9 to 0.99, and as much above.
    /// </para>
    /// <para>
    /// We differ in the node's duplicates: by the rule they would keep out everything else, being as near to all of it as
    /// the node, and a walk that met a crowd of them would not get out. So they are not compared with; they share a
    /// quarter of the row at least and half of it at most. Among equals the lowest index comes first: duplicates agree on
    /// one of them, which all are linked with and which is linked with the others' neighbors.
    /// </para>
    /// </remarks>
    /// <param name="level">The level.</param>
    /// <param name="node">The node's index.</param>
    /// <param name="candidates">The candidates, ranked by their distance from the node, nearest first; equals are put in order.</param>
    /// <param name="kept">Filled, as far as there are.</param>
    /// <param name="scratch">What the thread writes on.</param>
    /// <returns>How many were kept.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Select(HnswLevel level, uint node, Span<Candidate> candidates, Span<Candidate> kept, InsertScratch scratch)
    {
        OrderEquals(candidates);
        uint self = level.SlotOf(node);
        float ownRank = _rows.RankBetween(self, self);
        int same = 0;
        foreach (Candidate candidate in candidates)
        {
            same += TDistance.IsSame(candidate.Rank, ownRank) ? 1 : 0;
        }

        int count = 0;
        int pruned = 0;
        int room = kept.Length - Math.Min(same, kept.Length / 4);
        for (int i = 0; i < candidates.Length && count < room; i++)
        {
            Candidate candidate = new(candidates[i].Rank, candidates[i].Index);
            if (same > 0 && TDistance.IsSame(candidate.Rank, ownRank))
            {
                continue;
            }

            if (IsDiverse(level, candidate, kept[..count]))
            {
                kept[count++] = candidate;
            }
            else if (pruned < scratch.Pruned.Length)
            {
                scratch.Pruned[pruned++] = candidate;
            }
        }

        return count + (same > 0
            ? KeepSame(candidates, ownRank, kept[count..Math.Min(kept.Length, count + (kept.Length / 2))])
            : KeepPruned(scratch.Pruned.AsSpan(0, pruned), kept[count..]));
    }

    private static int KeepSame(ReadOnlySpan<Candidate> candidates, float ownRank, Span<Candidate> room)
    {
        int count = 0;
        for (int i = 0; i < candidates.Length && count < room.Length; i++)
        {
            if (TDistance.IsSame(candidates[i].Rank, ownRank))
            {
                room[count++] = new Candidate(candidates[i].Rank, candidates[i].Index);
            }
        }

        return count;
    }

    private static int KeepPruned(ReadOnlySpan<Candidate> pruned, Span<Candidate> room)
    {
        int count = Math.Min(pruned.Length, room.Length);
        pruned[..count].CopyTo(room);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsDiverse(HnswLevel level, Candidate candidate, ReadOnlySpan<Candidate> kept)
    {
        uint slot = level.SlotOf(candidate.Index);
        foreach (Candidate other in kept)
        {
            if (_rows.RankBetween(slot, level.SlotOf(other.Index)) < candidate.Rank)
            {
                return false;
            }
        }

        return true;
    }

    private static void OrderEquals(Span<Candidate> candidates)
    {
        for (int first = 0; first < candidates.Length - 1; first++)
        {
            int end = first + 1;
            while (end < candidates.Length && candidates[end].Rank == candidates[first].Rank)
            {
                end++;
            }

            if (end - first > 1)
            {
                candidates[first..end].Sort(static (a, b) => a.Index.CompareTo(b.Index));
                first = end - 1;
            }
        }
    }

    private void Link(int number, uint index, ReadOnlySpan<Candidate> chosen, InsertScratch scratch)
    {
        HnswLevel level = _graph.Levels[number];
        Lock(level.SlotOf(index));
        WriteRow(level, number, index, chosen);
        Unlock(level.SlotOf(index));
        foreach (Candidate neighbor in chosen)
        {
            uint slot = level.SlotOf(neighbor.Index);
            Lock(slot);
            LinkBack(level, number, neighbor.Index, new Candidate(neighbor.Rank, index), scratch);
            Unlock(slot);
        }
    }

    private void LinkBack(HnswLevel level, int number, uint from, Candidate added, InsertScratch scratch)
    {
        Span<uint> links = level.RowOf(from);
        Span<float> ranks = RanksOf(level, number, from);
        int used = links.IndexOf(Format.NoLink);
        if (used >= 0)
        {
            ranks[used] = added.Rank;
            Volatile.Write(ref links[used], added.Index);
            return;
        }

        Span<Candidate> row = scratch.Row.AsSpan(0, links.Length + 1);
        for (int i = 0; i < links.Length; i++)
        {
            row[i] = new Candidate(ranks[i], links[i]);
        }

        row[^1] = added;
        SortByRank(row);
        int kept = Select(level, from, row, scratch.Kept.AsSpan(0, links.Length), scratch);
        WriteRow(level, number, from, scratch.Kept.AsSpan(0, kept));
    }

    private void WriteRow(HnswLevel level, int number, uint index, ReadOnlySpan<Candidate> chosen)
    {
        Span<uint> links = level.RowOf(index);
        Span<float> ranks = RanksOf(level, number, index);
        for (int i = 0; i < chosen.Length; i++)
        {
            ranks[i] = chosen[i].Rank;
            Volatile.Write(ref links[i], chosen[i].Index);
        }

        links[chosen.Length..].Fill(Format.NoLink);
    }

    private Span<float> RanksOf(HnswLevel level, int number, uint index) =>
        _ranks[number].AsSpan<float>((long)index * level.Degree * sizeof(float), level.Degree);

    // A full row is two sorted runs and what came later: insertion is quick. Equal ranks keep their order.
    private static void SortByRank(Span<Candidate> row)
    {
        for (int i = 1; i < row.Length; i++)
        {
            Candidate moved = row[i];
            int hole = i;
            for (; hole > 0 && row[hole - 1].Rank > moved.Rank; hole--)
            {
                row[hole] = row[hole - 1];
            }

            row[hole] = moved;
        }
    }

    private void Connect(HnswLevel ground, uint slot, uint entry, InsertScratch scratch, CancellationToken cancellationToken)
    {
        GraphWalk<VectorRows<TDistance, TElement>> walk = WalkTowards(slot, scratch);
        CandidatePool pool = scratch.Walk.PoolOf(ConnectBeam);
        walk.Collect(ground, walk.Visit(ground, entry), ref pool, cancellationToken);
        foreach (Candidate near in pool.Entries)
        {
            int room = ground.RowOf(near.Index).IndexOf(Format.NoLink);
            if (room >= 0)
            {
                SetLink(ground, near.Index, room, new Candidate(near.Rank, slot));
                return;
            }
        }

        Candidate nearest = pool.Entries[0];
        Span<float> ranks = RanksOf(ground, 0, nearest.Index);
        int farthest = IndexOfFarthest(ranks);
        uint displaced = ground.RowOf(nearest.Index)[farthest];
        Span<uint> own = ground.RowOf(slot);
        if (!own.Contains(displaced))
        {
            int room = own.IndexOf(Format.NoLink);
            room = room < 0 ? own.Length - 1 : room;
            SetLink(ground, slot, room, new Candidate(_rows.RankBetween(slot, displaced), displaced));
        }

        SetLink(ground, nearest.Index, farthest, new Candidate(nearest.Rank, slot));
    }

    private static int IndexOfFarthest(ReadOnlySpan<float> ranks)
    {
        int farthest = 0;
        for (int i = 1; i < ranks.Length; i++)
        {
            farthest = ranks[i] > ranks[farthest] ? i : farthest;
        }

        return farthest;
    }

    private void SetLink(HnswLevel level, uint from, int place, Candidate to)
    {
        RanksOf(level, 0, from)[place] = to.Rank;
        level.RowOf(from)[place] = to.Index;
    }

    private void Lock(uint slot)
    {
        if (_locks.Length == 0)
        {
            return;
        }

        SpinWait spin = default;
        while (Interlocked.CompareExchange(ref _locks[slot], 1, 0) != 0)
        {
            spin.SpinOnce();
        }
    }

    private void Unlock(uint slot)
    {
        if (_locks.Length != 0)
        {
            Volatile.Write(ref _locks[slot], 0);
        }
    }
}
