using Helios.Typed.Records;
using Helios.Typed.Schema;
using Xunit;

namespace Helios.Typed.Tests.Records;

public sealed class SchemaEvolutionTests
{
    private static readonly TableShape _stored = Base().Build().Shape;

    [Fact]
    public void The_same_declaration_changes_nothing() => Assert.Same(_stored, SchemaEvolution.Reconcile(_stored, Base().Build().Shape));

    [Fact]
    public void Additions_take_the_next_ids_behind_the_stored_columns()
    {
        TableShape declared = Base().Column("extra", ColumnType.Int32, nullable: true).Column("list", ColumnType.Text, list: true).Build().Shape;
        TableShape reconciled = SchemaEvolution.Reconcile(_stored, declared);
        Assert.Equal([1, 2, 3, 4, 5], reconciled.Columns.Select(column => column.Id));
        Assert.Equal(["id", "name", "place", "extra", "list"], reconciled.Columns.Select(column => column.Name));
    }

    [Fact]
    public void Index_settings_and_looser_nullability_apply_themselves()
    {
        TableShape declared = TableDefinition.Create("t")
            .Key("id", ColumnType.Int64, assigned: false)
            .Column("name", ColumnType.Text, nullable: true, indexed: true)
            .Vector("place", new VectorColumnAttribute(3) { M = 48, Index = IndexKind.Flat })
            .Build().Shape;
        TableShape reconciled = SchemaEvolution.Reconcile(_stored, declared);
        Assert.False(reconciled.AssignsKeys);
        Assert.True(reconciled.Columns[1].IsNullable && reconciled.Columns[1].IsIndexed);
        Assert.Equal(48, reconciled.Columns[2].Vector!.MaxConnections);
    }

    [Fact]
    public void Every_difference_that_could_lose_data_is_named()
    {
        TableShape declared = TableDefinition.Create("t")
            .Key("name", ColumnType.Text)
            .Column("id", ColumnType.Int32, nullable: true)
            .Column("required", ColumnType.Int32)
            .Vector("place", new VectorColumnAttribute(4))
            .Build().Shape;

        HeliosSchemaException error = Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(_stored, declared));
        Assert.Equal("t", error.Table);
        foreach (string part in new[] { "'required' is new and takes no null", "3 dimensions", "and declared with 4", "'id' is stored as Int64 and declared as Int32", "the key is column 'id'" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_column_that_may_be_null_cannot_be_made_to_take_none()
    {
        TableShape stored = SchemaEvolution.Reconcile(_stored, Base().Column("extra", ColumnType.Int32, nullable: true).Build().Shape);
        TableShape declared = Base().Column("extra", ColumnType.Int32).Build().Shape;
        Assert.Contains("'extra' may be null", Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(stored, declared)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_or_an_element_type_cannot_change()
    {
        TableShape metric = TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(3, Metric.Euclidean)).Build().Shape;
        TableShape half = TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(3), half: true).Build().Shape;
        Assert.Contains("Euclidean", Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(_stored, metric)).Message, StringComparison.Ordinal);
        Assert.Contains("HalfVector", Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(_stored, half)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_column_keeps_its_id_and_remembers_its_name()
    {
        TableShape reconciled = SchemaEvolution.Reconcile(_stored, Renamed("name").Build().Shape);

        Assert.Equal([1, 2, 3], reconciled.Columns.Select(column => column.Id));
        Assert.Equal(("title", "name"), (reconciled.Columns[1].Name, reconciled.Columns[1].FormerName));
        Assert.Same(reconciled, SchemaEvolution.Reconcile(reconciled, Renamed("name").Build().Shape));
    }

    [Theory]
    [InlineData("other", "'other' as its former name, which is not stored, while 'name' is stored and not declared")]
    [InlineData("place", "columns 'place' and 'title' both claim the stored column 'place'")]
    public void A_former_name_that_is_not_stored_or_somebody_elses_is_refused(string formerName, string says) =>
        AssertRefused(_stored, Renamed(formerName), says);

    [Fact]
    public void Two_former_names_that_are_both_stored_are_refused()
    {
        TableShape stored = SchemaEvolution.Reconcile(_stored, Base().Column("heading", ColumnType.Text, nullable: true).Build().Shape);

        AssertRefused(stored, Renamed("name").FormerName("title", "heading"), "names 'name' and 'heading' as its former names, and both are stored");
    }

    [Fact]
    public void Code_from_before_a_rename_is_refused_rather_than_given_an_empty_column()
    {
        TableShape stored = SchemaEvolution.Reconcile(_stored, Renamed("name").Build().Shape);
        TableDefinitionBuilder older = TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text, nullable: true)
            .Vector("place", new VectorColumnAttribute(3));

        AssertRefused(stored, older, "'name' was renamed to 'title', which is not declared: the code is older than the database");
    }

    [Fact]
    public void A_former_name_may_be_given_to_a_new_column_once_the_rename_is_stored()
    {
        TableShape stored = SchemaEvolution.Reconcile(_stored, Renamed("name").Build().Shape);

        TableShape reconciled = SchemaEvolution.Reconcile(stored, Renamed("name").Column("name", ColumnType.Int32, nullable: true).Build().Shape);

        Assert.Equal([("title", 2), ("name", 4)], reconciled.Columns.Where(column => column.Id is 2 or 4).Select(column => (column.Name, column.Id)));
    }

    [Fact]
    public void A_default_in_use_keeps_its_column_from_taking_nulls()
    {
        TableShape stored = SchemaEvolution.Reconcile(_stored, Base().Column("size", ColumnType.Int32).Default("size", 1).Build().Shape);

        AssertRefused(stored, Base().Column("size", ColumnType.Int32, nullable: true), "which null could not be told from");
    }

    [Fact]
    public void A_dropped_column_leaves_its_place_and_its_id_taken()
    {
        TableShape dropped = SchemaEvolution.WithoutColumn(_stored, columnId: 3);
        Assert.Equal(-1, dropped.IndexOf("place"));

        TableShape again = SchemaEvolution.Reconcile(dropped, TableDefinition.Create("t").Key("id", ColumnType.Int64).Column("name", ColumnType.Text)
            .Vector("place", new VectorColumnAttribute(5), nullable: true).Build().Shape);

        Assert.Equal([(1, false), (2, false), (3, true), (4, false)], again.Columns.Select(column => (column.Id, column.IsDropped)));
        Assert.Equal(5, again.Columns[again.IndexOf("place")].Vector!.Dimensions);
    }

    [Fact]
    public void Without_rows_a_new_column_needs_no_default()
    {
        TableShape reconciled = SchemaEvolution.Reconcile(_stored, Base().Column("size", ColumnType.Int32).Build().Shape, hasRows: false);

        Assert.Null(reconciled.Columns[3].Missing);
    }

    private static TableDefinitionBuilder Renamed(string formerName) => TableDefinition.Create("t")
        .Key("id", ColumnType.Int64)
        .Column("title", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(3))
        .FormerName("title", formerName);

    private static void AssertRefused(TableShape stored, TableDefinitionBuilder declared, string says) => Assert.Contains(
        says,
        Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(stored, declared.Build().Shape)).Message,
        StringComparison.Ordinal);

    private static TableDefinitionBuilder Base() => TableDefinition.Create("t")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(3));
}
