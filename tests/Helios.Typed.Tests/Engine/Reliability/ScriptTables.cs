namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Declares the tables of the script, as they change through it.</summary>
internal static class ScriptTables
{
    public const string Points = "points";
    public const string Notes = "notes";

    /// <summary>Is migrated to <see cref="Letters"/>.</summary>
    public const string Drafts = "drafts";

    /// <summary>Takes the place of <see cref="Drafts"/>, and is dropped.</summary>
    public const string Letters = "letters";

    /// <summary>The newest declaration: any older database opens with it.</summary>
    public const int Newest = 2;

    public static IReadOnlyList<string> Names { get; } = [Points, Notes, Drafts, Letters];

    /// <summary>Declares a table.</summary>
    /// <param name="name">The table.</param>
    /// <param name="generation">0 as it began; 1 with a column more; 2 with another setting of its index, too.</param>
    public static TableDefinition Declare(string name, int generation)
    {
        TableDefinitionBuilder builder = TableDefinition.Create(name)
            .Key("id", ColumnType.Int64)
            .Column("name", ColumnType.Text, indexed: name != Letters)
            .Vector(
                "place",
                new VectorColumnAttribute(TestDatabase.Dimensions, Metric.Euclidean)
                {
                    Index = name == Points ? IndexKind.Hnsw : IndexKind.Auto,
                    M = generation >= 2 ? 12 : 8,
                    EfConstruction = 40,
                },
                nullable: true);
        return (generation >= 1 ? builder.Column("remark", ColumnType.Text, nullable: true) : builder).Build();
    }
}
