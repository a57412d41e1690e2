using Helios.Typed.Querying;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Querying;

public sealed class PlannerTests
{
    private static readonly ArticleColumns _columns = Article.HeliosColumns;
    private static readonly TableSchema _schema = TableSchema.Create(Article.HeliosTable.Shape, Article.HeliosTable.Shape);

    private static RowQuery Articles => new(Article.HeliosTable.Shape);

    [Fact]
    public void A_condition_that_pins_the_key_is_a_lookup()
    {
        AssertLookup(1, _columns.Id == 5);
        AssertLookup(1, 5 == _columns.Id && _columns.InStock);
        AssertLookup(2, _columns.Id.In(7, 5, 7));
        AssertLookup(1, _columns.Id.In(7, 5) && _columns.Id == 3);
        AssertLookup(1, _columns.Id == 5 && (_columns.InStock || _columns.Sold));
    }

    [Fact]
    public void A_condition_that_leaves_the_key_open_is_a_scan()
    {
        Predicate[] open = [_columns.Id > 5, _columns.Id != 5, !(_columns.Id == 5), _columns.Id == 5 || _columns.InStock, _columns.Count == 5];
        Assert.All(open, predicate => Assert.Equal(AccessPath.KeyOrderedScan, Plan(Articles.Where(predicate)).Path));
    }

    [Fact]
    public void The_order_by_key_is_the_one_rows_have()
    {
        Assert.Equal(AccessPath.KeyOrderedScan, Plan(Articles.OrderBy("Id", isDescending: false).ThenBy("Price", isDescending: true)).Path);
        Assert.Equal(AccessPath.SortedScan, Plan(Articles.OrderBy("Id", isDescending: true)).Path);
        Assert.Single(Plan(Articles.OrderBy("Price", isDescending: true).ThenBy("Id", isDescending: false).ThenBy("Count", isDescending: false)).Order);
    }

    [Fact]
    public void What_cannot_match_is_not_looked_for()
    {
        Assert.Equal(AccessPath.Nothing, Plan(Articles.Where(_columns.Count.In())).Path);
        Assert.Equal(AccessPath.Nothing, Plan(Articles.Where(_columns.Category == null && _columns.InStock)).Path);
        Assert.Equal(AccessPath.Nothing, Plan(Articles.Take(1).Skip(1)).Path);
    }

    [Fact]
    public void A_condition_that_always_holds_is_not_asked() =>
        Assert.Null(Plan(Articles.Where(_columns.Category != null)).Filter);

    [Fact]
    public void Nearness_uses_graphs_unless_every_row_is_wanted_or_the_key_is_pinned()
    {
        RowQuery nearest = Articles.NearestTo<float>("Embedding", Metric.Cosine, [1, 0, 0]);

        Assert.False(Plan(nearest.Take(5)).IsExact);
        Assert.False(Plan(nearest.Within(0.5, null).Take(5)).IsExact);
        Assert.True(Plan(nearest).IsExact);
        Assert.True(Plan(nearest.Within(0.5, null)).IsExact);
        Assert.True(Plan(nearest.Exact().Take(5)).IsExact);
        Assert.True(Plan(nearest.Where(_columns.Id == 5).Take(5)).IsExact);
        Assert.Equal(7, Plan(nearest.Skip(2).Take(5)).Wanted);
    }

    [Fact]
    public void Nearness_among_pinned_keys_looks_only_at_those()
    {
        RowQuery nearest = Articles.NearestTo<float>("Embedding", Metric.Cosine, [1, 0, 0]);

        Assert.Equal(2, Plan(nearest.Where(_columns.Id.In(5, 7)).Take(5)).Keys!.Count);
        Assert.Null(Plan(nearest.Where(_columns.Count == 5).Take(5)).Keys);
    }

    [Fact]
    public void A_plan_says_why()
    {
        Assert.Equal("the condition pins the key to 2 values", Plan(Articles.Where(_columns.Id.In(1, 2))).Reason);
        Assert.Equal("no index gives the order by Price, Count: every row is read and the first are kept", Plan(Articles.OrderBy("Price", isDescending: false).ThenBy("Count", isDescending: false).Take(1)).Reason);
        Assert.Equal("rows are ordered by nearness; an exact scan, because the query says so", Plan(Articles.NearestTo<float>("Embedding", null, [1, 0, 0]).Exact().Take(1)).Reason);
    }

    [Fact]
    public void Text_too_long_for_a_key_is_looked_for_nowhere()
    {
        TableDefinition table = TableDefinition.Create("t").Key("Id", ColumnType.Text).Vector("v", new VectorColumnAttribute(2)).Build();
        TextColumn id = new("Id");
        string tooLong = new('x', RowFormat.MaxKeyBytes);

        Assert.Empty(PlanOf(id == tooLong).Keys!);
        Assert.Equal(["a"], PlanOf(id.In(tooLong, "a")).Keys!.Select(key => KeyCodec.Decode(ColumnType.Text, key).ToText()));

        QueryPlan PlanOf(Predicate predicate)
        {
            QueryPlan plan = Planner.Plan(new RowQuery(table.Shape).Where(predicate), TableSchema.Create(table.Shape, table.Shape));
            Assert.Equal(AccessPath.KeyLookup, plan.Path);
            return plan;
        }
    }

    private static void AssertLookup(int keys, Predicate predicate)
    {
        QueryPlan plan = Plan(Articles.Where(predicate));
        Assert.Equal(AccessPath.KeyLookup, plan.Path);
        Assert.Equal(keys, plan.Keys!.Count);
    }

    private static QueryPlan Plan(RowQuery query) => Planner.Plan(query, _schema);
}
