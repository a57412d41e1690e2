using Helios.Typed.Engine;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class MergePlannerTests
{
    [Fact]
    public void Few_segments_of_different_sizes_are_left_alone() =>
        Assert.Empty(MergePlanner.Choose(Of(10, 100, 1_000, 10_000)));

    [Fact]
    public void Four_of_one_size_become_one() =>
        Assert.Equal([3, 1, 4, 2], MergePlanner.Choose(Of(100_000, 65, 80, 64, 70)));

    [Fact]
    public void Where_small_ones_pile_up_the_smallest_are_merged() =>
        Assert.Equal([0, 1, 2], MergePlanner.Choose(Of(1, 2, 4, 9, 20, 65, 130, 260, 520, 1030)));

    [Fact]
    public void A_segment_that_is_mostly_deleted_is_rewritten() =>
        Assert.Equal([1], MergePlanner.Choose([new(100, 50, HasGraph: false), new(100, 51, HasGraph: false)]));

    [Fact]
    public void A_segment_with_a_graph_keeps_it() =>
        Assert.Empty(MergePlanner.Choose([.. Enumerable.Repeat(new MergeCandidate(100, 90, HasGraph: true), 20)]));

    [Fact]
    public void Merging_until_all_is_well_leaves_few_segments_and_writes_each_row_seldom()
    {
        List<MergeCandidate> segments = [];
        long written = 0;
        for (int flush = 0; flush < 1_000; flush++)
        {
            segments.Add(new MergeCandidate(1_000, 0, HasGraph: false));
            while (MergePlanner.Choose(segments) is { Count: > 0 } chosen)
            {
                MergeCandidate merged = new(chosen.Sum(i => segments[i].Live), 0, HasGraph: false);
                segments = [.. segments.Where((_, i) => !chosen.Contains(i)), merged];
                written += merged.Rows;
            }

            Assert.InRange(segments.Count, 1, MergePlanner.MaxSegments);
        }

        Assert.Equal(1_000_000, segments.Sum(segment => segment.Rows));
        Assert.InRange(written, 1_000_000, 8_000_000);
    }

    [Fact]
    public void Before_a_graph_is_built_all_without_one_are_gathered_with_the_graphs_no_larger() =>
        Assert.Equal([0, 2, 3], MergePlanner.ChooseForGraph([new(30, 0, HasGraph: false), new(500, 0, HasGraph: true), new(40, 0, HasGraph: false), new(60, 0, HasGraph: true)]));

    [Fact]
    public void Where_every_segment_has_a_graph_none_is_built() =>
        Assert.Empty(MergePlanner.ChooseForGraph([new(30, 0, HasGraph: true), new(500, 0, HasGraph: true)]));

    private static MergeCandidate[] Of(params long[] rows) => [.. rows.Select(count => new MergeCandidate(count, 0, HasGraph: false))];
}
