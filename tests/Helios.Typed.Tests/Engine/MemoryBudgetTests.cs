using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.TestKit.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class MemoryBudgetTests
{
    private const int Dimensions = 64;
    private const long Mebibyte = 1 << 20;

    private static readonly TableDefinition _definition = TableDefinition.Create("chunks")
        .Key("id", ColumnType.Int64, assigned: false)
        .Column("page", ColumnType.Int32)
        .Vector("place", new VectorColumnAttribute(Dimensions, Metric.Cosine) { Index = IndexKind.Hnsw, M = 8, EfConstruction = 40 })
        .Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(81, 6)]
    [InlineData(82, 8)]
    [InlineData(83, 12)]
    public async Task A_database_with_little_memory_answers_as_the_model_does_and_never_takes_more(int seed, int mebibytes)
    {
        Random random = new(seed);
        MemoryFileSystem files = new();
        SystemAllocator allocator = new();
        EngineOptions options = Options(files, mebibytes * Mebibyte) with { Allocator = allocator };
        SortedDictionary<long, (int Page, float[] Place)> model = [];
        HeliosDatabase database = new(options, options.Path);
        int refused = 0;
        double recall = 0;
        int walks = 0;
        for (int step = 0; step < 90; step++)
        {
            switch (random.Next(12))
            {
                case < 6:
                    await WriteAsync(database, model, random, rows: random.Next(1, 600));
                    break;
                case 6:
                    await database.CheckpointAsync(Token);
                    break;
                case 7:
                    refused += await TryIndexAsync(database) ? 0 : 1;
                    break;
                case 8 when step % 3 == 0:
                    await database.DisposeAsync();
                    Assert.Equal(0, allocator.AllocatedBytes);
                    database = new HeliosDatabase(options, options.Path);
                    break;
                default:
                    recall += await SearchAsync(database, model, random);
                    walks++;
                    break;
            }

            MemoryStatistics use = (await database.EngineAsync(Token)).ReadStatistics().Memory;
            Assert.True(use.UsedBytes <= mebibytes * Mebibyte, $"seed {seed}, step {step}: {use}");
        }

        await database.DisposeAsync();
        Assert.InRange(allocator.PeakBytes, 1, mebibytes * Mebibyte);
        Assert.Equal(0, allocator.AllocatedBytes);
        Assert.True(recall >= 0.9 * walks, $"seed {seed}: recall {recall / walks}");
        Assert.True(model.Count > 2_000, $"seed {seed}: {model.Count} rows prove little");
    }

    [Fact]
    public async Task Readers_and_writers_at_once_keep_the_budget()
    {
        const long Limit = 10 * Mebibyte;
        MemoryFileSystem files = new();
        SystemAllocator allocator = new();
        EngineOptions options = Options(files, Limit) with { Allocator = allocator };
        await using HeliosDatabase database = new(options, options.Path);
        HeliosTable table = database.Table(_definition);
        int written = 0;
        int found = 0;
        Task[] writers = [.. Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            Random random = new(writer);
            for (int i = 0; i < 25; i++)
            {
                HeliosRowBatch batch = new();
                for (int row = 0; row < 200; row++)
                {
                    batch.Upsert(RowOf((writer * 1_000_000L) + (i * 200) + row, random));
                }

                await table.WriteAsync(batch, Token);
                Interlocked.Add(ref written, 200);
            }
        }, Token))];
        var readers = Task.WhenAll(Enumerable.Range(0, 3).Select(reader => Task.Run(async () =>
        {
            Random random = new(100 + reader);
            for (int i = 0; i < 40 || !writers.All(writer => writer.IsCompleted); i++)
            {
                IReadOnlyList<Hit<HeliosKey>> hits = await table.NearestKeysAsync("place", Draw(random), 10, exact: i % 2 == 0, cancellationToken: Token);
                Interlocked.Add(ref found, hits.Count);
                Assert.True(hits.Zip(hits.Skip(1)).All(pair => pair.First.Distance <= pair.Second.Distance));
            }
        }, Token)));
        await Task.WhenAll(writers);
        await readers;

        Assert.Equal(15_000, written);
        Assert.True(found > 0);
        Assert.Equal(written, (await database.EngineAsync(Token)).ReadStatistics().Tables[0].Rows);
        Assert.InRange(allocator.PeakBytes, 1, Limit);
    }

    [Fact]
    public async Task A_log_longer_than_the_budget_is_replayed_within_it()
    {
        MemoryFileSystem files = new();
        SortedDictionary<long, (int Page, float[] Place)> model = [];
        await using (HeliosDatabase written = new(Options(files, 1_000 * Mebibyte) with { MemtableBytes = 100 * Mebibyte }, "/data/db"))
        {
            Random random = new(84);
            while (model.Count < 40_000)
            {
                await WriteAsync(written, model, random, rows: 1_000, inserts: true);
            }
        }

        SystemAllocator allocator = new();
        await using HeliosDatabase database = new(Options(files, 6 * Mebibyte) with { Allocator = allocator }, "/data/db");
        DatabaseEngine engine = await database.EngineAsync(Token);

        Assert.True(engine.Recovery.Rows >= 40_000);
        Assert.True(engine.ReadStatistics().Tables[0].Segments > 1);
        Assert.InRange(allocator.PeakBytes, 1, 6 * Mebibyte);
        await SearchAsync(database, model, new Random(85));
        Assert.Equal(model.Count, engine.ReadStatistics().Tables[0].Rows);
    }

    [Fact]
    public async Task A_flush_in_the_middle_of_a_replay_keeps_a_table_that_was_dropped_before_it_dropped()
    {
        SimulatedFileSystem files = new();
        SortedDictionary<long, (int Page, float[] Place)> model = [];
        await using (HeliosDatabase written = new(Options(files, 1_000 * Mebibyte) with { MemtableBytes = 100 * Mebibyte }, "/data/db"))
        {
            Random random = new(90);
            await WriteAsync(written, model, random, rows: 200, inserts: true);
            Assert.True(await (await written.EngineAsync(Token)).DropTableAsync("chunks", Token));
            model.Clear();
        }

        await using (HeliosDatabase again = new(Options(files, 1_000 * Mebibyte) with { MemtableBytes = 100 * Mebibyte }, "/data/db"))
        {
            Random random = new(91);
            await WriteAsync(again, model, random, rows: 200, inserts: true);
            Assert.True(await (await again.EngineAsync(Token)).DropTableAsync("chunks", Token));
            model.Clear();
        }

        await using (HeliosDatabase last = new(Options(files, 1_000 * Mebibyte) with { MemtableBytes = 100 * Mebibyte }, "/data/db"))
        {
            Random random = new(92);
            while (model.Count < 16_000)
            {
                await WriteAsync(last, model, random, rows: 1_000, inserts: true);
            }
        }

        long begun = files.OperationCount;
        await using (HeliosDatabase small = new(Options(files, 4 * Mebibyte), "/data/db"))
        {
            Assert.True((await small.EngineAsync(Token)).ReadStatistics().Tables[0].Segments > 1);
        }

        int inTheMiddle = 0;
        for (long operation = begun + 1; operation <= files.OperationCount; operation += 1 + ((files.OperationCount - begun) / 16))
        {
            SimulatedFileSystem survivor = files.CrashAt(operation, CrashPolicy.KeepAll, (int)operation);
            Assert.Empty(Verification.Run(survivor, "/data/db", TimeProvider.System, progress: null, Token).Problems);
            await using HeliosDatabase database = new(Options(survivor, 1_000 * Mebibyte), "/data/db");
            DatabaseEngine engine = await database.EngineAsync(Token);

            Assert.Equal(model.Count, engine.ReadStatistics().Tables[0].Rows);
            inTheMiddle += engine.Recovery.Rows > 0 && engine.Recovery.Rows < model.Count ? 1 : 0;
        }

        Assert.True(inTheMiddle > 0, "no power loss hit the middle of the replay");
    }

    [Fact]
    public async Task A_graph_without_room_is_refused_with_the_budget_that_would_do()
    {
        MemoryFileSystem files = new();
        SortedDictionary<long, (int Page, float[] Place)> model = [];
        EngineOptions options = Options(files, 8 * Mebibyte);
        await using (HeliosDatabase database = new(options, options.Path))
        {
            Random random = new(86);
            while (model.Count < 24_000)
            {
                await WriteAsync(database, model, random, rows: 400, inserts: true);
            }

            HeliosException error = await Assert.ThrowsAsync<HeliosException>(() => database.WaitForIndexingAsync(null, Token));

            Assert.Contains("MemoryBudgetBytes", error.Message, StringComparison.Ordinal);
            string limit = error.Message.Split("MemoryBudgetBytes to ")[1].Split(' ')[0];
            options = options with { MemoryBudgetBytes = long.Parse(limit, System.Globalization.CultureInfo.InvariantCulture) };
            await SearchAsync(database, model, random);
        }

        await using HeliosDatabase larger = new(options, options.Path);
        await larger.WaitForIndexingAsync(null, Token);
        Assert.Equal(1, (await larger.EngineAsync(Token)).ReadStatistics().Tables[0].SegmentsWithGraph);
    }

    [Fact]
    public async Task A_batch_that_no_flush_makes_room_for_is_refused_and_nothing_of_it_is_written()
    {
        MemoryFileSystem files = new();
        await using HeliosDatabase database = new(Options(files, 6 * Mebibyte), "/data/db");
        HeliosTable table = database.Table(_definition);
        await table.WriteAsync(new HeliosRowBatch().Insert(RowOf(1, new Random(87))), Token);
        HeliosRowBatch batch = new();
        for (int i = 2; i < 20_000; i++)
        {
            batch.Insert(RowOf(i, new Random(i)));
        }

        HeliosException error = await Assert.ThrowsAsync<HeliosException>(async () => await table.WriteAsync(batch, Token));

        Assert.Contains("smaller batches", error.Message, StringComparison.Ordinal);
        Assert.Null(await table.FindAsync(HeliosKey.Create(2L), Token));
        await table.WriteAsync(new HeliosRowBatch().Insert(RowOf(2, new Random(88))), Token);
        Assert.NotNull(await table.FindAsync(HeliosKey.Create(2L), Token));
    }

    [Fact]
    public async Task Snapshots_that_keep_what_was_flushed_stop_writers_with_a_message_and_no_longer_than_they_last()
    {
        const long Limit = 6 * Mebibyte;
        MemoryFileSystem files = new();
        SystemAllocator allocator = new();
        await using HeliosDatabase database = new(Options(files, Limit) with { Allocator = allocator }, "/data/db");
        HeliosTable table = database.Table(_definition);
        DatabaseEngine engine = await database.EngineAsync(Token);
        List<TableSnapshot> snapshots = [];
        Random random = new(89);
        HeliosException? refusal = null;
        int written = 0;
        for (int i = 0; i < 200 && refusal is null; i++)
        {
            try
            {
                HeliosRowBatch batch = new();
                for (int row = 0; row < 200; row++)
                {
                    batch.Insert(RowOf((i * 200L) + row, random));
                }

                await table.WriteAsync(batch, Token);
                written += 200;
                snapshots.Add(engine.OpenSnapshot(engine.Bind(_definition.Shape)));
            }
            catch (HeliosException error)
            {
                refusal = error;
            }
        }

        Assert.Contains("snapshots", refusal?.Message, StringComparison.Ordinal);
        Assert.InRange(allocator.PeakBytes, 1, Limit);
        snapshots.ForEach(snapshot => snapshot.Dispose());
        await table.WriteAsync(new HeliosRowBatch().Insert(RowOf(1_000_000, random)), Token);
        Assert.Equal(written + 1, engine.ReadStatistics().Tables[0].Rows);
    }

    private static EngineOptions Options(IFileSystem files, long budget) => new()
    {
        Path = "/data/db",
        Files = files,
        Loggers = NullLoggerFactory.Instance,
        NewId = static () => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        MemoryBudgetBytes = budget,
        MemtableBytes = Mebibyte,
        LoadedAtOnceBytes = Mebibyte,
    };

    private static HeliosRow RowOf(long id, Random random) =>
        new(_definition) { ["id"] = id, ["page"] = (int)(id % 50), ["place"] = Draw(random) };

    private static float[] Draw(Random random) => [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f)];

    private static async Task WriteAsync(HeliosDatabase database, SortedDictionary<long, (int Page, float[] Place)> model, Random random, int rows, bool inserts = false)
    {
        HeliosRowBatch batch = new();
        long next = model.Count == 0 ? 1 : model.Keys.Last() + 1;
        for (int i = 0; i < rows; i++)
        {
            long id = inserts || random.Next(4) > 0 ? next++ : random.NextInt64(1, next);
            if (!inserts && random.Next(10) == 0)
            {
                batch.Delete(HeliosKey.Create(id));
                model.Remove(id);
                continue;
            }

            float[] place = Draw(random);
            batch.Upsert(new HeliosRow(_definition) { ["id"] = id, ["page"] = (int)(id % 50), ["place"] = place });
            model[id] = ((int)(id % 50), place);
        }

        await database.Table(_definition).WriteAsync(batch, Token);
    }

    private static async Task<bool> TryIndexAsync(HeliosDatabase database)
    {
        try
        {
            await database.WaitForIndexingAsync(null, Token);
            return true;
        }
        catch (HeliosException error) when (error.Message.Contains("MemoryBudgetBytes", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>Searches exactly and by the graph, and looks rows up.</summary>
    /// <returns>The share of the nearest that the graph found.</returns>
    private static async Task<double> SearchAsync(HeliosDatabase database, SortedDictionary<long, (int Page, float[] Place)> model, Random random)
    {
        HeliosTable table = database.Table(_definition);
        float[] query = Draw(random);
        int k = random.Next(1, 20);
        (long Id, double Distance)[] expected = [.. model.Select(row => (row.Key, Distance(query, row.Value.Place))).OrderBy(row => row.Item2).Take(k)];
        long[] exact = Keys(await table.NearestKeysAsync("place", query, k, exact: true, cancellationToken: Token));
        long[] near = Keys(await table.NearestKeysAsync("place", query, k, cancellationToken: Token));

        Assert.Equal(expected.Length, exact.Length);
        Assert.Equal(expected.Length, near.Length);
        Assert.All(exact.Zip(expected), pair => Assert.InRange(Distance(query, model[pair.First].Place), pair.Second.Distance - 1e-5, pair.Second.Distance + 1e-5));
        foreach (long id in exact)
        {
            HeliosRow? row = await table.FindAsync(HeliosKey.Create(id), Token);
            Assert.Equal(model[id].Page, row!["page"]);
        }

        return expected.Length == 0 ? 1 : (double)near.Intersect(exact).Count() / expected.Length;
    }

    private static long[] Keys(IReadOnlyList<Hit<HeliosKey>> hits) => [.. hits.Select(hit => hit.Record.ToInt64())];

    private static double Distance(float[] x, float[] y)
    {
        double dot = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            dot += (double)x[i] * y[i];
            xx += (double)x[i] * x[i];
            yy += (double)y[i] * y[i];
        }

        return 1 - (dot / Math.Sqrt(xx * yy));
    }
}
