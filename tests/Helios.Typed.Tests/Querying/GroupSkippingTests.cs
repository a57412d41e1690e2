using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Primitives;
using Helios.Typed.Querying;
using Helios.Typed.Querying.Filters;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;
using Helios.Typed.Sql.Printing;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Querying;

/// <summary>Passes over groups of rows by their statistics, and must give what asking each row gives.</summary>
public sealed class GroupSkippingTests
{
    /// <summary>Of each group of random rows that are much alike: its answers to random conditions hold those of each of its rows.</summary>
    [Fact]
    public void What_is_answered_for_a_group_is_what_its_rows_answer()
    {
        int[] answered = new int[3];
        int[] sources = new int[3];
        Gen.Int.Sample(
            seed =>
            {
                Random random = new(seed);
                RandomArticles articles = new(random);
                using ArticleRows rows = MakeAlike(random, articles);
                using TableSnapshot snapshot = rows.Snapshot();
                for (int i = 0; i < 40; i++)
                {
                    Expression condition = articles.Condition().Predicate.Expression;
                    var filter = (CompiledFilter)PredicateCompiler.Compile(Binder.Bind(condition, rows.Schema.Declared), rows.Schema);
                    foreach (Segment segment in snapshot.Sources.OfType<Segment>())
                    {
                        for (int group = -1; group < segment.Statistics.Groups; group++)
                        {
                            GroupMatch match = Check(rows, segment, filter, group, condition);
                            Interlocked.Increment(ref (group < 0 ? sources : answered)[(int)match]);
                        }
                    }
                }
            },
            iter: 100);

        // Or the test would show nothing: each answer is given often, of groups and of whole segments.
        Assert.All(answered, times => Assert.InRange(times, 1_000, int.MaxValue));
        Assert.All(sources, times => Assert.InRange(times, 100, int.MaxValue));
    }

    /// <summary>Random rows that are much alike, in segments and a memtable, and random conditions: scans, counts, sorts, searches and deletions, with the statistics and without.</summary>
    [Fact]
    public void Queries_that_pass_over_groups_give_what_those_give_that_do_not() => Gen.Int.Sample(
        seed =>
        {
            Random random = new(seed);
            RandomArticles articles = new(random);
            using ArticleRows rows = MakeAlike(random, articles);
            for (int i = 0; i < 10; i++)
            {
                (Predicate predicate, Func<Article, bool> matches) = articles.Condition();
                string text = SqlPrinter.Print(predicate.Expression);
                RowQuery query = new RowQuery(Article.HeliosTable.Shape).Where(predicate);
                long[] expected = [.. rows.Model.Values.Where(matches).Select(article => article.Id)];

                Assert.True(expected.SequenceEqual(Run(rows, query)), text);
                Assert.True(expected.Order().SequenceEqual(Run(rows, query.OrderBy("Count", isDescending: false)).Order()), text);
                Assert.Equal(expected.Length, QueryExecutor.Count(rows.Snapshot(), query, CancellationToken.None));
                Assert.True(expected.SequenceEqual(Run(rows, query.NearestTo<float>("Embedding", null, [1, 2, 3])).Order()), text);
                Assert.True(expected.SequenceEqual(FindDeleted(rows, query)), text);
            }
        },
        iter: 60);

    [Fact]
    public void A_selective_range_of_rows_that_lie_together_reads_their_pages_and_no_others()
    {
        using ClusteredRows rows = new();
        Predicate range = new Column<int>("day") >= 200 && new Column<int>("day") < 204;

        (int found, SortedDictionary<ushort, long> bytes) = rows.Count(range);

        // 100 rows a day, of 8 bytes each with the number beside: five groups of a thousand touch one page or two of each section.
        Assert.Equal(400, found);
        Assert.InRange(bytes[SegmentSections.ColumnCells], 1, 2 * 65_536);
        Assert.Equal([SegmentSections.ColumnCells, SegmentSections.Statistics], bytes.Keys);
        (found, bytes) = rows.Count(new Column<int>("day") < 0 || new Column<int>("day") > 1_000);
        Assert.Equal(0, found);
        Assert.Equal([SegmentSections.Statistics], bytes.Keys);
    }

    [Fact]
    public void Text_that_stands_in_rows_alone_is_read_only_where_it_can_match()
    {
        using ClusteredRows rows = new();
        (_, SortedDictionary<ushort, long> all) = rows.Count(new TextColumn("title").EndsWith("x 7"));

        (int found, SortedDictionary<ushort, long> bytes) = rows.Count(new TextColumn("title").StartsWith("day 00123 "));

        Assert.Equal(100, found);
        Assert.InRange(bytes[SegmentSections.RowBlocks], 1, all[SegmentSections.RowBlocks] / 15);
        (found, bytes) = rows.Count(new TextColumn("title") > "day 9");
        Assert.Equal(0, found);
        Assert.Equal([SegmentSections.Statistics], bytes.Keys);
    }

    [Fact]
    public void What_holds_for_all_rows_of_a_group_is_asked_of_none()
    {
        using ClusteredRows rows = new();

        (int found, SortedDictionary<ushort, long> bytes) = rows.Count(new Column<int>("day") >= 0 && new TextColumn("title").IsNotNull() && new VectorColumn<float, EuclideanMetric>("place").IsNotNull());

        Assert.Equal(ClusteredRows.Rows, found);
        Assert.Equal([SegmentSections.Statistics], bytes.Keys);
    }

    [Fact]
    public void A_search_by_vectors_asks_its_condition_only_where_it_can_hold()
    {
        using ClusteredRows rows = new();
        Predicate range = new Column<int>("day") == 300;

        SortedDictionary<ushort, long> bytes = rows.Read(snapshot =>
        {
            RowQuery query = new RowQuery(snapshot.Schema.Declared).Where(range).NearestTo<float>("place", null, [30_050, 0]).Take(3);
            using RowResults results = QueryExecutor.Open(snapshot, query, CancellationToken.None);
            Assert.True(results.MoveNext());
            Assert.Equal(30_050, results.Key.ToInt64());
        });

        Assert.InRange(bytes[SegmentSections.ColumnCells], 1, 2 * 65_536);
    }

    [Fact]
    public void A_deletion_by_condition_looks_only_where_it_can_hold()
    {
        using ClusteredRows rows = new();

        SortedDictionary<ushort, long> bytes = rows.Read(snapshot =>
        {
            RowFilter filter = PredicateCompiler.Compile(Binder.Bind((new Column<int>("day") == 399).Expression, snapshot.Schema.Declared), snapshot.Schema);
            DeletionScan scan = new(new TableHandle(snapshot.Schema, new CatalogTable(new TableId(1), snapshot.Schema.Stored)), filter, keys: null);
            scan.Advance(snapshot.Sources, snapshot.Sequence, CancellationToken.None);
            using RowBatch batch = scan.MakeBatch(snapshot.Sources);
            Assert.Equal(100, batch.Entries.Length);
        });

        Assert.InRange(bytes[SegmentSections.ColumnCells], 1, 65_536);
        Assert.InRange(bytes[SegmentSections.Begins], 1, 65_536);
    }

    private static GroupMatch Check(ArticleRows rows, Segment segment, CompiledFilter filter, int group, Expression condition)
    {
        RowGroup asked = new(segment.Statistics, rows.Schema, group);
        Truths expected = Truths.None;
        int first = group < 0 ? 0 : group * segment.Statistics.RowsPerGroup;
        int next = group < 0 ? segment.RowCount : Math.Min(first + segment.Statistics.RowsPerGroup, segment.RowCount);
        using RowCursor cursor = segment.OpenCursor(rows.Schema);
        for (int ordinal = first; ordinal < next; ordinal++)
        {
            cursor.MoveTo(ordinal);
            expected |= GroupAnswers.Of(filter.Ask(cursor));
        }

        Truths answers = filter.AskGroup(asked);
        Assert.True((expected & ~answers) == 0, $"{SqlPrinter.Print(condition)}: rows {first} to {next - 1} answer {expected}, and their group {answers}");
        GroupMatch match = filter.MatchesGroup(asked);
        Assert.True(match switch
        {
            GroupMatch.None => (expected & Truths.True) == 0,
            GroupMatch.All => expected == Truths.True,
            _ => true,
        });
        return match;
    }

    // Rows that follow each other have most of their values from one of them.
    private static ArticleRows MakeAlike(Random random, RandomArticles articles)
    {
        ArticleRows rows = new() { RowsPerGroup = random.Next(1, 7) };
        Article like = articles.Make(0);
        for (int id = 0, count = random.Next(1, 50); id < count; id++)
        {
            like = random.Next(6) == 0 ? articles.Make(0) : like;
            Article other = articles.Make(id);
            rows.Put(random.Next(4) switch
            {
                0 => other,
                1 => like with { Id = id, Rating = other.Rating, Category = other.Category, Sizes = other.Sizes, Reviewed = other.Reviewed },
                _ => like with { Id = id },
            });
            if (random.Next(30) == 0)
            {
                rows.Flush();
                rows.StartMemtable();
            }
        }

        if (random.Next(4) > 0)
        {
            rows.Flush();
        }

        for (int deleted = random.Next(5); deleted > 0; deleted--)
        {
            rows.Delete(random.Next(50));
        }

        return rows;
    }

    private static List<long> Run(ArticleRows rows, RowQuery query)
    {
        using RowResults results = QueryExecutor.Open(rows.Snapshot(), query, CancellationToken.None);
        List<long> ids = [];
        while (results.MoveNext())
        {
            ids.Add(results.Key.ToInt64());
        }

        return ids;
    }

    private static IEnumerable<long> FindDeleted(ArticleRows rows, RowQuery query)
    {
        QueryPlan plan = Planner.Plan(query, rows.Schema);
        if (plan.Path == AccessPath.Nothing)
        {
            return [];
        }

        using TableSnapshot snapshot = rows.Snapshot();
        DeletionScan scan = new(new TableHandle(rows.Schema, new CatalogTable(new TableId(1), rows.Schema.Stored)), plan.Filter, plan.Keys);
        scan.Advance(snapshot.Sources, snapshot.Sequence, CancellationToken.None);
        using RowBatch batch = scan.MakeBatch(snapshot.Sources);
        return [.. batch.Entries.ToArray().Select(entry => entry.Key.ToInt64()).Order()];
    }

    /// <summary>Is a segment of rows that came by days: key, day, a title that begins with the day, a vector.</summary>
    private sealed class ClusteredRows : IDisposable
    {
        public const int Rows = 40_000;

        private readonly SegmentFixture _fixture = new();
        private readonly RecordedReads _files;
        private readonly TestTable _table = new(TableDefinition.Create("events")
            .Key("id", ColumnType.Int64)
            .Column("day", ColumnType.Int32)
            .Column("title", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(2, Metric.Euclidean))
            .Build());

        private readonly ManifestSegment _stored;

        public ClusteredRows()
        {
            _files = new RecordedReads(_fixture.Files);
            Memtable memtable = _fixture.NewMemtable(_table);
            for (int id = 0; id < Rows; id++)
            {
                int day = id / 100;
                _table.Add(memtable, HeliosKey.Create((long)id), 1, row =>
                {
                    row.WriteScalar(1, day);
                    row.WriteScalar(2, $"day {day:D5} and what else a title has, longer than what statistics keep of it, index {id % 100}");
                    row.WriteVector<float>(3, [id, 0]);
                });
            }

            _stored = _fixture.Build(_table.Schema, keepFrom: 0, memtable).Segment.Description;
        }

        public (int Found, SortedDictionary<ushort, long> Bytes) Count(Predicate predicate)
        {
            int found = 0;
            SortedDictionary<ushort, long> bytes = Read(snapshot => found = QueryExecutor.Count(snapshot, new RowQuery(snapshot.Schema.Declared).Where(predicate), CancellationToken.None));
            return (found, bytes);
        }

        /// <summary>Gives what is read of the segment, of which nothing is in memory before.</summary>
        public SortedDictionary<ushort, long> Read(Action<TableSnapshot> read)
        {
            Segment segment = _fixture.Hold(Segment.Open(_files, SegmentFixture.Directory, _stored, _table.Schema, SegmentMemory.Unbounded(_fixture.Allocator)));
            _files.Clear();
            read(new TableSnapshot(_table.Schema, new SequenceNumber(1), [segment]));
            return _files.BytesOf(segment);
        }

        public void Dispose()
        {
            _table.Dispose();
            _fixture.Dispose();
        }
    }
}
