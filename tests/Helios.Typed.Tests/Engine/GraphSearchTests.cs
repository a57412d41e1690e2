using Helios.Typed.Engine;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class GraphSearchTests : IDisposable
{
    private const int Rows = 1_500;
    private const int Dimensions = 8;

    private readonly SegmentFixture _fixture = new();
    private readonly TestTable _table = TestTable.OfPoints(Dimensions, Metric.Cosine, nullableVector: true);
    private readonly Segment _segment;

    public GraphSearchTests()
    {
        Memtable memtable = _fixture.NewMemtable(_table);
        Random random = new(77);
        for (int i = 0; i < Rows; i++)
        {
            _table.AddPoint(memtable, i, 1, $"name {i % 3}", i, i % 10 == 0 ? null : RandomVector(random));
        }

        (_segment, _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);
    }

    private ColumnShape Column => _table.Schema.VectorColumns[0];

    public void Dispose()
    {
        _table.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void A_graph_answers_nearly_as_well_as_a_scan_at_a_fraction_of_its_cost()
    {
        AttachGraph();
        int found = 0;
        Random random = new(78);
        for (int i = 0; i < 50; i++)
        {
            SearchRequest request = Nearest(RandomVector(random), 5);
            SearchOutcome outcome = Search(request);
            Assert.Equal((1, 0), (outcome.GraphSources, outcome.ScannedSources));
            Assert.InRange(outcome.DistancesComputed, 1, Rows / 2);
            found += Read(outcome).Intersect(Reference(request)).Count();
        }

        Assert.True(found >= 225, $"recall is {found / 250.0}");
    }

    [Fact]
    public void An_exact_search_passes_the_graph_over()
    {
        AttachGraph();
        SearchRequest request = Nearest(RandomVector(new Random(1)), 5) with { Exact = true };
        SearchOutcome outcome = Search(request);
        Assert.Equal((0, 1), (outcome.GraphSources, outcome.ScannedSources));
        Assert.Equal(Reference(request), Read(outcome));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(700)]
    [InlineData(2_000)]
    [InlineData(10_000)]
    public void A_limit_is_met_whenever_so_many_rows_match(int limit)
    {
        AttachGraph();
        Random random = new(79);
        RowFilter?[] filters = [null, new SearchReference.NumberBelow(3), new SearchReference.NumberBelow(1_300), new SearchReference.NameIs("name 1"), new SearchReference.NameIs("none")];
        foreach (RowFilter? filter in filters)
        {
            SearchRequest request = Nearest(RandomVector(random), limit) with { Filter = filter };
            Assert.Equal(Reference(request).Count, Search(request).Hits.Count);
        }
    }

    [Fact]
    public void A_bound_on_the_distance_never_costs_rows_within_it()
    {
        AttachGraph();
        Random random = new(80);
        for (int i = 0; i < 30; i++)
        {
            SearchRequest request = Nearest(RandomVector(random), 1 + random.Next(12)) with { MaxDistance = random.NextSingle() * 0.4f };
            SearchOutcome outcome = Search(request);
            List<(long, float)> expected = Reference(request);
            Assert.Equal(expected.Count, outcome.Hits.Count);
            Assert.All(outcome.Hits, hit => Assert.True(hit.Distance <= request.MaxDistance));
            if (outcome.GraphSources == 0)
            {
                Assert.Equal(expected, Read(outcome));
            }
        }
    }

    [Fact]
    public void A_walk_that_led_astray_is_made_good_by_a_scan()
    {
        // A graph over other vectors: it leads anywhere but to the nearest.
        Memtable memtable = _fixture.NewMemtable(_table);
        Random random = new(90);
        for (int i = 0; i < Rows; i++)
        {
            _table.AddPoint(memtable, i, 1, "x", i, i % 10 == 0 ? null : RandomVector(random));
        }

        (Segment other, SegmentBuildResult _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);
        ManifestSidecar sidecar = new(SegmentSections.GraphSidecar, (ushort)Column.Id, SegmentSidecars.SettingsHash(Column), "none");
        _segment.Attach(_segment.Description with { Sidecars = [sidecar] }, 0, BuildGraph(other));
        int scans = 0;
        for (int i = 0; i < 30; i++)
        {
            SearchRequest request = Nearest(RandomVector(random), 10) with { MaxDistance = 0.2f };
            SearchOutcome outcome = Search(request);
            Assert.Equal(Reference(request).Count, outcome.Hits.Count);
            scans += outcome.ScannedSources;
        }

        Assert.True(scans > 10, $"{scans} of 30 walks fell short, which proves little");
    }

    [Fact]
    public void Ended_rows_are_walked_through_and_never_returned()
    {
        AttachGraph();
        Random random = new(81);
        for (int ordinal = 0; ordinal < Rows; ordinal++)
        {
            if (random.Next(2) == 0)
            {
                _segment.End(ordinal, new SequenceNumber(5));
            }
        }

        for (int i = 0; i < 30; i++)
        {
            SearchRequest request = Nearest(RandomVector(random), 10);
            SearchOutcome outcome = Search(request, asOf: 5);
            Assert.Equal(10, outcome.Hits.Count);
            Assert.All(outcome.Hits, hit => Assert.True(_segment.IsVisible(hit.Location.Ordinal, new SequenceNumber(5))));

            // Who reads as of before sees them all.
            Assert.Equal(10, Search(request, asOf: 4).Hits.Count);
        }
    }

    [Fact]
    public void When_all_but_a_few_have_ended_the_few_are_found()
    {
        AttachGraph();
        for (int ordinal = 0; ordinal < Rows; ordinal++)
        {
            if (ordinal % 500 != 1)
            {
                _segment.End(ordinal, new SequenceNumber(5));
            }
        }

        SearchRequest request = Nearest(RandomVector(new Random(2)), 10);
        Assert.Equal(Reference(request, asOf: 5), Read(Search(request, asOf: 5)));
        Assert.Equal(3, Search(request, asOf: 5).Hits.Count);
    }

    [Fact]
    public void A_stored_graph_serves_after_opening_also_while_one_by_other_settings_is_wanted()
    {
        ManifestSegment description = StoreGraph();
        Segment reopened = _fixture.Open(_table.Schema, description);
        Assert.True(reopened.HasGraph(0));
        Assert.False(_segment.HasGraph(0));
        SearchRequest request = Nearest(RandomVector(new Random(3)), 5);
        SearchOutcome outcome = SnapshotSearch.Search(Snapshot(reopened, 1), request, TestContext.Current.CancellationToken);
        Assert.Equal(1, outcome.GraphSources);

        TableShape other = _table.Schema.Stored with
        {
            Columns = [.. _table.Schema.Stored.Columns.Select(column => column.Vector is null ? column : column with { Vector = column.Vector with { MaxConnections = 9 } })],
        };
        Segment different = _fixture.Open(TableSchema.Create(other, other), description);
        Assert.False(different.HasGraph(0));
        Assert.NotNull(different.Vectors(0).Graph);

        // The settings may change while the segment is open as well.
        reopened.Adopt(TableSchema.Create(other, other));
        Assert.False(reopened.HasGraph(0));
        Assert.NotNull(reopened.Vectors(0).Graph);
    }

    [Fact]
    public void A_damaged_graph_is_reported_once_by_name_and_its_rows_are_scanned()
    {
        ManifestSegment description = StoreGraph();
        string fileName = description.Sidecars[0].FileName;
        _fixture.Damage(fileName, 4_096 + 100);
        List<HeliosCorruptionException> reported = [];
        Segment reopened = _fixture.Open(_table.Schema, description, reported.Add);
        Assert.True(reopened.HasGraph(0));
        for (int i = 0; i < 2; i++)
        {
            SearchOutcome outcome = SnapshotSearch.Search(Snapshot(reopened, 1), Nearest(RandomVector(new Random(4)), 5), TestContext.Current.CancellationToken);
            Assert.Equal((0, 1), (outcome.GraphSources, outcome.ScannedSources));
        }

        Assert.EndsWith(fileName, Assert.Single(reported).File, StringComparison.Ordinal);
        Assert.False(reopened.HasGraph(0));
        using RowCursor cursor = reopened.OpenCursor(_table.Schema);
        cursor.MoveTo(7);
        Assert.Equal("name 1", cursor.Decode().ReadScalar<string>(1));
    }

    [Fact]
    public void A_graph_of_other_vectors_is_not_used()
    {
        Memtable memtable = _fixture.NewMemtable(_table);
        _table.AddPoint(memtable, 1, 1, "x", null, RandomVector(new Random(5)));
        (Segment other, SegmentBuildResult _) = _fixture.Build(_table.Schema, keepFrom: 0, memtable);
        ManifestSegment description = other.Description with { Sidecars = StoreGraph().Sidecars };
        List<HeliosCorruptionException> reported = [];
        Segment reopened = _fixture.Open(_table.Schema, description, reported.Add);
        Assert.Null(reopened.Vectors(0).Graph);
        Assert.Single(reported);
    }

    [Fact]
    public void A_column_set_to_flat_uses_no_graph()
    {
        ManifestSegment description = StoreGraph();
        TableShape flat = _table.Schema.Stored with
        {
            Columns = [.. _table.Schema.Stored.Columns.Select(column => column.Vector is null ? column : column with { Vector = column.Vector with { Index = IndexKind.Flat } })],
        };
        var schema = TableSchema.Create(flat, flat);
        TableSnapshot snapshot = new(schema, new SequenceNumber(1), [_fixture.Open(schema, description)]);
        SearchOutcome outcome = SnapshotSearch.Search(snapshot, Nearest(RandomVector(new Random(6)), 5), TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), (outcome.GraphSources, outcome.ScannedSources));
    }

    private static float[] RandomVector(Random random)
    {
        float[] vector = new float[Dimensions];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (random.NextSingle() * 2) - 1;
        }

        return vector;
    }

    private static SearchRequest Nearest(float[] query, int limit) =>
        new(0, query, limit, float.PositiveInfinity, Beam: 0, Exact: false, Filter: null);

    private TableSnapshot Snapshot(Segment segment, ulong asOf) => new(_table.Schema, new SequenceNumber(asOf), [segment]);

    private SearchOutcome Search(SearchRequest request, ulong asOf = 1) =>
        SnapshotSearch.Search(Snapshot(_segment, asOf), request, TestContext.Current.CancellationToken);

    private List<(long Id, float Distance)> Read(SearchOutcome outcome) => SearchReference.Read(Snapshot(_segment, 1), outcome);

    private List<(long Id, float Distance)> Reference(SearchRequest request, ulong asOf = 1) => SearchReference.Search(Snapshot(_segment, asOf), request);

    private HnswGraph BuildGraph(Segment segment) => HnswGraphBuilder.Build(
        segment.Vectors(0).Block,
        new HnswOptions(Column.Vector!.MaxConnections, Column.Vector.ConstructionBeam, Seed: 9, Threads: 1),
        _fixture.Allocator,
        progress: null,
        TestContext.Current.CancellationToken);

    private void AttachGraph()
    {
        Assert.False(_segment.HasGraph(0));
        ManifestSidecar sidecar = new(SegmentSections.GraphSidecar, (ushort)Column.Id, SegmentSidecars.SettingsHash(Column), "none");
        _segment.Attach(_segment.Description with { Sidecars = [sidecar] }, 0, BuildGraph(_segment));
        Assert.True(_segment.HasGraph(0));
    }

    private ManifestSegment StoreGraph()
    {
        using HnswGraph graph = BuildGraph(_segment);
        ManifestSidecar sidecar = SegmentSidecars.WriteGraph(_fixture.Files, SegmentFixture.Directory, FileNames.Graph(_fixture.NextNumber()), Column, graph);
        return _segment.Description with { Sidecars = [sidecar] };
    }
}
