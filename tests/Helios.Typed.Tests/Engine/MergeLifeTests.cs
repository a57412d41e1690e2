using Helios.Typed.Engine;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Lets the planner lead a table through a long life of flushes, in numbers alone.</summary>
public sealed class MergeLifeTests(ITestOutputHelper output)
{
    private const int Flushes = 4_000;
    private const int FlushRows = 250;
    private const double MaxSpaceAmplification = 2.5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Inserts_alone_are_written_four_times(int seed)
    {
        Life life = new(seed);
        for (int flush = 0; flush < Flushes; flush++)
        {
            life.Flush(life.Random.Next(FlushRows / 4, FlushRows), ended: 0);
        }

        Report(life);
        Assert.InRange(life.WriteAmplification, 1, 5);
        Assert.Equal(1, life.HighestSpaceAmplification);
        Assert.Equal(life.Inserted, life.Live);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Inserts_that_never_pause_are_written_no_more_often(int seed)
    {
        Life life = new(seed) { IsPressed = true };
        for (int flush = 0; flush < Flushes; flush++)
        {
            life.Flush(life.Random.Next(FlushRows / 4, FlushRows), ended: 0);
        }

        Report(life);
        Assert.InRange(life.WriteAmplification, 1, 4);
        Assert.InRange(life.MostScanned, 1, MergePlanner.MaxScanned);
    }

    [Theory]
    [InlineData(3, 0.2, false)]
    [InlineData(4, 0.6, false)]
    [InlineData(5, 1.0, false)]
    [InlineData(6, 0.6, true)]
    [InlineData(7, 1.0, true)]
    public void Updates_and_deletions_keep_the_segments_few_and_the_space_small(int seed, double endedPerInserted, bool isIndexed)
    {
        Life life = new(seed);
        for (int flush = 0; flush < Flushes; flush++)
        {
            int rows = life.Random.Next(FlushRows / 4, FlushRows);

            // Seasons: half of the time the table grows, and half of the time it shrinks by as much.
            double share = endedPerInserted * (flush / 200 % 2 == 0 ? 0.5 : 1.5);
            life.Flush(rows, (int)(rows * share));
            if (isIndexed && life.Random.Next(20) == 0)
            {
                life.Index();
            }
        }

        Report(life);
        Assert.InRange(life.HighestSpaceAmplification, 1, MaxSpaceAmplification);
        Assert.InRange(life.WriteAmplification, 1, isIndexed ? 8 : 5);
    }

    [Fact]
    public void A_table_that_is_emptied_gives_all_of_its_space_back()
    {
        Life life = new(8);
        for (int flush = 0; flush < 500; flush++)
        {
            life.Flush(FlushRows, ended: 0);
        }

        life.Index();
        while (life.Live > 0)
        {
            life.Flush(0, 5 * FlushRows);
        }

        Assert.Equal(0, life.Segments);
    }

    private void Report(Life life) => output.WriteLine(
        $"{life.Inserted} rows in {Flushes} flushes: each written {life.WriteAmplification:F2} times, space {life.HighestSpaceAmplification:F2}, segments {life.MostScanned} and {life.MostGraphs} with a graph at most, {life.MeanSegments:F1} in the mean");

    /// <summary>Is a table as the planner sees it.</summary>
    private sealed class Life(int seed)
    {
        private List<MergeCandidate> _segments = [];
        private long _written;
        private long _flushes;
        private long _segmentsSeen;

        public Random Random { get; } = new(seed);

        public bool IsPressed { get; init; }

        public long Inserted { get; private set; }

        public int Segments => _segments.Count;

        public long Live => _segments.Sum(segment => segment.Live);

        public double WriteAmplification => (double)_written / Inserted;

        public double HighestSpaceAmplification { get; private set; } = 1;

        public int MostScanned { get; private set; }

        public int MostGraphs { get; private set; }

        public double MeanSegments => (double)_segmentsSeen / _flushes;

        public void Flush(int rows, int ended)
        {
            End(ended);
            if (rows > 0)
            {
                _segments.Add(new MergeCandidate(rows, 0, HasGraph: false));
                Inserted += rows;
                _written += rows;
            }

            Settle();
            _flushes++;
            _segmentsSeen += _segments.Count;
            MostScanned = Math.Max(MostScanned, _segments.Count(segment => !segment.HasGraph));
            MostGraphs = Math.Max(MostGraphs, _segments.Count(segment => segment.HasGraph));
            if (Live > 10 * FlushRows)
            {
                HighestSpaceAmplification = Math.Max(HighestSpaceAmplification, (double)_segments.Sum(segment => segment.Rows) / Live);
            }
        }

        public void Index()
        {
            if (MergePlanner.ChooseForGraph(_segments) is { Count: > 0 } chosen)
            {
                // Where there is one alone, its graph is built beside it.
                Replace(chosen, hasGraph: true, isRewritten: chosen.Count > 1);
            }

            Settle();
        }

        private void Settle()
        {
            int steps = 0;
            while (MergePlanner.Choose(_segments, isPressed: IsPressed) is { Count: > 0 } chosen)
            {
                Assert.True(chosen.Count > 1 || _segments[chosen[0]].Ended > 0, $"seed {seed}: a merge that does nothing");
                Assert.True(++steps < 100, $"seed {seed}: merging never ends");
                Replace(chosen, hasGraph: false, isRewritten: true);
            }

            Assert.InRange(_segments.Count(segment => !segment.HasGraph), 0, MergePlanner.MaxScanned);
            Assert.InRange(_segments.Count(segment => segment.HasGraph), 0, MergePlanner.MaxGraphs);
        }

        // A row that ends is as likely one as another, so that a segment loses by its live rows.
        private void End(int count)
        {
            for (long left = Math.Min(count, Live); left > 0; left--)
            {
                long place = Random.NextInt64(Live);
                int i = 0;
                while (place >= _segments[i].Live)
                {
                    place -= _segments[i++].Live;
                }

                _segments[i] = _segments[i] with { Ended = _segments[i].Ended + 1 };
            }
        }

        private void Replace(IReadOnlyList<int> chosen, bool hasGraph, bool isRewritten)
        {
            long rows = isRewritten ? chosen.Sum(i => _segments[i].Live) : _segments[chosen[0]].Rows;
            long ended = isRewritten ? 0 : _segments[chosen[0]].Ended;
            _segments = [.. _segments.Where((_, i) => !chosen.Contains(i))];
            if (rows > 0)
            {
                _segments.Add(new MergeCandidate(rows, ended, hasGraph));
            }

            _written += isRewritten ? rows : 0;
        }
    }
}
