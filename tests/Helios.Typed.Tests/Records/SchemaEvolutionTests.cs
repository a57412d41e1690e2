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
        TableShape stored = _stored with { Columns = [.. _stored.Columns, new ColumnShape(9, "gone", ColumnType.Text, false, true, false, null)] };

        HeliosSchemaException error = Assert.Throws<HeliosSchemaException>(() => SchemaEvolution.Reconcile(stored, declared));
        Assert.Equal("t", error.Table);
        foreach (string part in new[] { "'gone' is stored and no longer declared", "'required' is new and takes no null", "3 dimensions", "and declared with 4", "'id' is stored as Int64 and declared as Int32", "the key is column 'id'" })
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

    private static TableDefinitionBuilder Base() => TableDefinition.Create("t")
        .Key("id", ColumnType.Int64)
        .Column("name", ColumnType.Text)
        .Vector("place", new VectorColumnAttribute(3));
}
