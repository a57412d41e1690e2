using CsCheck;
using Helios.Typed.Indexing.Hnsw;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

/// <summary>Holds the lists that a walk keeps to plain models.</summary>
public sealed class WalkListTests
{
    [Fact]
    public void The_pool_keeps_the_nearest_in_order_and_follows_each_once() =>
        Gen.Select(Gen.Int[1, 12], Gen.Select(Gen.Int[0, 20], Gen.Bool).Array[0, 60]).Sample((capacity, steps) =>
        {
            WalkScratch scratch = new(count: 100, degree: 4);
            CandidatePool pool = scratch.PoolOf(capacity);
            List<(float Rank, uint Index, bool IsFollowed)> model = [];
            uint next = 0;
            foreach ((int rank, bool follow) in steps)
            {
                if (follow)
                {
                    int expected = model.FindIndex(entry => !entry.IsFollowed);
                    Assert.Equal(expected >= 0, pool.TryFollow(out uint followed));
                    if (expected >= 0)
                    {
                        Assert.Equal(model[expected].Index, followed);
                        model[expected] = model[expected] with { IsFollowed = true };
                    }
                }
                else if (rank < pool.Worst)
                {
                    pool.Add(rank, next);
                    model.Add((rank, next, false));
                    model = [.. model.OrderBy(entry => entry.Rank).Take(capacity)];
                    next++;
                }

                Assert.Equal(model.Count < capacity ? float.PositiveInfinity : model[^1].Rank, pool.Worst);
                Assert.Equal(model.Select(entry => (entry.Rank, entry.Index)), pool.Entries.ToArray().Select(entry => (entry.Rank, entry.Index)));
            }
        }, iter: 2_000);

    [Fact]
    public void The_frontier_gives_back_the_nearest_first() =>
        Gen.Int[-50, 50].Array[0, 600].Sample(ranks =>
        {
            FrontierHeap frontier = new();
            frontier.Add(new Candidate(1, 1));
            frontier.Clear();
            for (int i = 0; i < ranks.Length; i++)
            {
                frontier.Add(new Candidate(ranks[i], (uint)i));
            }

            List<float> taken = [];
            while (frontier.Count > 0)
            {
                Candidate nearest = frontier.Take();
                Assert.Equal(ranks[nearest.Index], nearest.Rank);
                taken.Add(nearest.Rank);
            }

            Assert.Equal(ranks.Select(rank => (float)rank).Order(), taken);
        }, iter: 300);

    [Fact]
    public void A_node_is_marked_once_until_the_marks_are_taken_anew()
    {
        WalkScratch scratch = new(count: 200, degree: 4);
        for (int round = 0; round < 2; round++)
        {
            VisitedSet visited = scratch.VisitedOf(200);
            for (uint index = 0; index < 200; index++)
            {
                Assert.True(visited.TryMark(index));
                Assert.False(visited.TryMark(index));
            }
        }
    }

    [Fact]
    public void Scratch_is_given_to_one_walk_at_a_time()
    {
        WalkScratchPool pool = new(count: 10, degree: 4);
        WalkScratch first = pool.Rent();
        WalkScratch second = pool.Rent();
        Assert.NotSame(first, second);

        pool.Return(first);

        Assert.Same(first, pool.Rent());
        Assert.NotSame(second, pool.Rent());
    }
}
