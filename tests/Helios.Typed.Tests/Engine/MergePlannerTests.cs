using Helios.Typed.Engine;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class MergePlannerTests
{
    [Fact]
    public void Few_segments_of_different_sizes_are_left_alone() =>
        Assert.Empty(MergePlanner.Choose(Of(10, 100, 1_000, 10_000)));

    [Fact]
    public void Eight_of_one_size_become_one()
    {
        Assert.Equal([4, 1, 7, 3, 2, 8, 5, 6], MergePlanner.Choose(Of(100_000, 65, 80, 79, 64, 511, 511, 70, 500)));
        Assert.Empty(MergePlanner.Choose(Of(100_000, 65, 80, 79, 64, 511, 511, 70)));
    }

    [Fact]
    public void A_tier_may_be_smaller_where_that_is_asked_for() =>
        Assert.Equal([3, 1, 4, 2], MergePlanner.Choose(Of(100_000, 65, 80, 64, 70), segmentsPerTier: 4));

    [Fact]
    public void Where_small_ones_pile_up_the_smallest_are_merged()
    {
        // Six in each of four tiers, and two: no tier is full.
        long[] sizes = [.. Enumerable.Range(0, 4).SelectMany(tier => Enumerable.Repeat(1L << (3 * tier), 6)), 1 << 12, 1 << 12];
        Assert.Equal([0, 1, 2], MergePlanner.Choose(Of(sizes)));
        Assert.Empty(MergePlanner.Choose(Of(sizes[2..])));
    }

    [Fact]
    public void While_rows_keep_coming_a_full_tier_waits_until_there_are_too_many_segments()
    {
        long[] sizes = [100_000, .. Enumerable.Repeat(70L, MergePlanner.MaxScanned - 1)];
        Assert.Empty(MergePlanner.Choose(Of(sizes), isPressed: true));
        Assert.Equal(MergePlanner.MaxScanned - 1, MergePlanner.Choose(Of(sizes)).Count);
        Assert.Equal(Enumerable.Range(1, MergePlanner.MaxScanned), MergePlanner.Choose(Of([.. sizes, 70]), isPressed: true));
    }

    [Fact]
    public void What_has_ended_and_graphs_that_are_too_many_do_not_wait()
    {
        Assert.Equal([1], MergePlanner.Choose([new(100, 50, HasGraph: false), new(100, 51, HasGraph: false)], isPressed: true));
        Assert.Equal(2, MergePlanner.Choose([.. Enumerable.Repeat(new MergeCandidate(70, 0, HasGraph: true), MergePlanner.MaxGraphs + 1)], isPressed: true).Count);
    }

    [Fact]
    public void A_segment_of_which_most_has_ended_is_rewritten() =>
        Assert.Equal([1], MergePlanner.Choose([new(100, 50, HasGraph: false), new(100, 51, HasGraph: false)]));

    [Fact]
    public void A_segment_with_a_graph_is_rewritten_sooner() =>
        Assert.Equal([1], MergePlanner.Choose([new(100, 40, HasGraph: true), new(100, 41, HasGraph: true)]));

    [Fact]
    public void Of_several_the_one_that_gives_most_back_is_rewritten_first_and_alone() =>
        Assert.Equal([2], MergePlanner.Choose([new(10, 10, HasGraph: false), new(100, 60, HasGraph: true), new(1_000, 600, HasGraph: false), new(100, 90, HasGraph: true)]));

    [Fact]
    public void A_seventh_graph_is_one_too_many_and_the_two_smallest_become_one()
    {
        MergeCandidate[] graphs = [.. new long[] { 500, 70, 900, 60, 800, 700, 1_000 }.Select(rows => new MergeCandidate(rows, 0, HasGraph: true))];
        Assert.Equal([3, 1], MergePlanner.Choose(graphs));
        Assert.Equal([3, 1, 0], MergePlanner.Choose([.. graphs, new(600, 0, HasGraph: true)]));
        Assert.Empty(MergePlanner.Choose(graphs[1..]));
    }

    [Fact]
    public void Graphs_count_as_no_part_of_a_tier() =>
        Assert.Empty(MergePlanner.Choose([.. Of(70, 70, 70, 70, 70, 70, 70), .. Enumerable.Repeat(new MergeCandidate(70, 28, HasGraph: true), MergePlanner.MaxGraphs)]));

    [Fact]
    public void Before_a_graph_is_built_all_without_one_are_gathered_with_the_graphs_no_larger() =>
        Assert.Equal([0, 2, 3], MergePlanner.ChooseForGraph([new(30, 0, HasGraph: false), new(500, 0, HasGraph: true), new(40, 0, HasGraph: false), new(60, 0, HasGraph: true)]));

    [Fact]
    public void Where_every_segment_has_a_graph_none_is_built() =>
        Assert.Empty(MergePlanner.ChooseForGraph([new(30, 0, HasGraph: true), new(500, 0, HasGraph: true)]));

    private static MergeCandidate[] Of(params long[] rows) => [.. rows.Select(count => new MergeCandidate(count, 0, HasGraph: false))];
}
