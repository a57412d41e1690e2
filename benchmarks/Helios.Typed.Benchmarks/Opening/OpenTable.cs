namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Builds and opens the database that the <c>open</c> verb measures.</summary>
internal static class OpenTable
{
    public const string Key = "id";
    public const string Vector = "vector";
    public const int Queries = 200;
    public const int K = 10;


    private const int RowsPerBatch = 1_000;
    private const int Text = 200;

    public static TableDefinition Define(OpenSettings settings) => TableDefinition.Create("chunks")
        .Key(Key, ColumnType.Int64, assigned: false)
        .Column("text", ColumnType.Text)
        .Column("page", ColumnType.Int32)
        .Vector(Vector, new VectorColumnAttribute(settings.Dimensions, Metric.Cosine)
        {
            Index = IndexKind.Hnsw,
            M = settings.M,
            EfConstruction = settings.EfConstruction,
            EfSearch = settings.Ef,
        })
        .Build();

    /// <summary>Writes rows and waits until they are in the index.</summary>
    public static async Task BuildAsync(OpenSettings settings, Action<string> tell, CancellationToken cancellationToken)
    {
        TableDefinition definition = Define(settings);
        SyntheticVectors vectors = new(settings.Dimensions);
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(
            settings.Path, options => options.IndexingThreads = Environment.ProcessorCount, cancellationToken: cancellationToken);
        HeliosTable table = database.Table(definition);
        await InsertAsync(table, definition, vectors, settings.Rows, tell, cancellationToken);
        tell("index");
        await table.WaitForIndexingAsync(null, cancellationToken);
    }

    /// <summary>Writes rows that stay in the log, until it has so many bytes.</summary>
    public static async Task<int> LogAsync(OpenSettings settings, Action<string> tell, CancellationToken cancellationToken)
    {
        TableDefinition definition = Define(settings);
        SyntheticVectors vectors = new(settings.Dimensions);
        int rowBytes = (settings.Dimensions * sizeof(float)) + Text;
        int rows = (int)(settings.LogBytes / rowBytes);
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(
            settings.Path,
            options =>
            {
                options.Durability = Durability.None;
                options.MemtableBytes = 64L << 30;
                options.MemoryBudgetBytes = 1L << 40;
            },
            cancellationToken: cancellationToken);
        await InsertAsync(database.Table(definition), definition, vectors, rows, tell, cancellationToken);
        return rows;
    }

    /// <summary>Finds the true neighbors of the queries by comparing with every row.</summary>
    public static async Task<long[][]> FindTruthAsync(HeliosTable table, SyntheticVectors vectors, CancellationToken cancellationToken)
    {
        long[][] truth = new long[Queries][];
        for (int query = 0; query < Queries; query++)
        {
            IReadOnlyList<Hit<HeliosKey>> hits = await table.NearestKeysAsync(Vector, QueryOf(vectors, query), K, exact: true, cancellationToken: cancellationToken);
            truth[query] = [.. hits.Select(hit => hit.Record.ToInt64())];
        }

        return truth;
    }

    /// <summary>Draws a query: like the rows, and none of them.</summary>
    public static float[] QueryOf(SyntheticVectors vectors, int query) => vectors.Draw(-1 - query);

    private static async Task InsertAsync(HeliosTable table, TableDefinition definition, SyntheticVectors vectors, int rows, Action<string> tell, CancellationToken cancellationToken)
    {
        HeliosRowBatch batch = new();
        for (int first = 0; first < rows; first += RowsPerBatch)
        {
            int count = Math.Min(RowsPerBatch, rows - first);
            float[][] drawn = new float[count][];
            Parallel.For(0, count, i => drawn[i] = vectors.Draw(first + i));
            for (int i = 0; i < count; i++)
            {
                int number = first + i;
                batch.Insert(new HeliosRow(definition)
                {
                    [Key] = (long)number,
                    ["text"] = $"chunk {number} ".PadRight(Text, 'x'),
                    ["page"] = number % 1_000,
                    [Vector] = drawn[i],
                });
            }

            await table.WriteAsync(batch, cancellationToken);
            batch.Clear();
            if (first % (100 * RowsPerBatch) == 0)
            {
                tell($"{first} of {rows} rows");
            }
        }
    }
}
