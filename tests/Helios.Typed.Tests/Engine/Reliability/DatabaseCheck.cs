using Helios.Typed.Engine;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Operations;
using Helios.Typed.Records;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Opens a database that something happened to, and checks all that must hold of it.</summary>
internal static class DatabaseCheck
{
    private const int Limit = 5;

    /// <summary>Opens the database, checks it, closes it, and gives what it holds.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="place">Where the test is, for the message of a failure.</param>
    /// <param name="mayBeDamaged">Whether the device may have lied, so that what queries do without may be damaged.</param>
    /// <param name="path">The database.</param>
    public static async Task<string> RecoverAsync(SimulatedFileSystem files, string place, bool mayBeDamaged = false, string path = ScriptedRun.DatabasePath)
    {
        DeterministicScheduler scheduler = new();
        EngineOptions options = ScriptedRun.OptionsOn(files, scheduler, new ManualClock()) with { Path = path };
        try
        {
            DatabaseEngine engine = await DatabaseEngine.OpenAsync(options, TestDatabase.Token);
            string rows;
            try
            {
                rows = Read(engine, ScriptTables.Newest).ToString();
                VerificationReport report = Verification.Run(engine, null, TestDatabase.Token);
                Assert.True(report.IsClean || mayBeDamaged, string.Join(Environment.NewLine, report.Problems));
            }
            finally
            {
                await scheduler.RunUntilAsync(engine.DisposeAsync().AsTask());
            }

            Assert.Equal(0, options.Allocator.AllocatedBytes);
            return rows;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{place}: {error.Message}", error);
        }
    }

    /// <summary>Recovers a database, and goes on with it: writes, flushes, merges, and opens it again after one more power loss.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="policy">What the second power loss leaves.</param>
    /// <param name="place">Where the test is.</param>
    /// <returns>What it held after the recovery.</returns>
    public static async Task<string> RecoverAndGoOnAsync(SimulatedFileSystem files, CrashPolicy policy, string place)
    {
        DeterministicScheduler scheduler = new();
        EngineOptions options = ScriptedRun.OptionsOn(files, scheduler, new ManualClock());
        try
        {
            DatabaseEngine engine = await DatabaseEngine.OpenAsync(options, TestDatabase.Token);
            RowModel rows;
            try
            {
                rows = Read(engine, ScriptTables.Newest);
                await WriteAsync(engine, scheduler);
            }
            finally
            {
                await scheduler.RunUntilAsync(engine.DisposeAsync().AsTask());
            }

            Assert.Equal(0, options.Allocator.AllocatedBytes);
            RowModel after = WithAnother(rows);
            SimulatedFileSystem again = files.Restart(policy, seed: 1);
            Assert.Equal(after.ToString(), await RecoverAsync(again, "opened again after writing"));
            return rows.ToString();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{place}: {error.Message}", error);
        }
    }

    /// <summary>Reads every table that is stored by scan, by key and by vector, which must agree, and checks the graphs.</summary>
    public static RowModel Read(DatabaseEngine engine, int generation)
    {
        RowModel model = new();
        string[] stored = [.. engine.Tables.Select(static table => table.Name)];

        // The table of a migration that did not end stays until the next, under a name that nobody can ask for.
        Assert.All(stored, static table => Assert.True(ScriptTables.Names.Contains(table) || WorkTable.Is(table), $"There is a table '{table}'."));
        foreach (string table in ScriptTables.Names.Where(stored.Contains))
        {
            TableHandle handle = engine.Bind(ScriptTables.Declare(table, generation).Shape);
            using TableSnapshot snapshot = engine.OpenSnapshot(handle);
            SortedDictionary<long, string> rows = TestDatabase.Rows(snapshot);
            foreach ((long id, string name) in rows)
            {
                model.Set(table, id, name);
            }

            CheckKeys(snapshot, rows);
            CheckGraphs(snapshot);
            CheckSearches(snapshot, rows);
        }

        return model;
    }

    /// <summary>Holds searches of a table against the model's rows.</summary>
    public static void CheckSearches(TableSnapshot snapshot, SortedDictionary<long, string> rows)
    {
        foreach (float[] query in (float[][])[[0, 0, 0, 0], TestBatch.PlaceOf("31 of 4"), [9, 700, -700, 3]])
        {
            foreach (bool exact in (bool[])[true, false])
            {
                SearchRequest all = new(0, query, rows.Count + 1, float.PositiveInfinity, Beam: 200, exact, Filter: null);
                List<(long Id, float Distance)> found = SearchReference.Read(snapshot, SnapshotSearch.Search(snapshot, all, TestDatabase.Token));
                CheckAgainstModel(rows, query, found);
                SearchRequest few = all with { Limit = Limit };
                Assert.Equal(found.Take(Limit), SearchReference.Read(snapshot, SnapshotSearch.Search(snapshot, few, TestDatabase.Token)));
            }
        }
    }

    private static async Task WriteAsync(DatabaseEngine engine, DeterministicScheduler scheduler)
    {
        TableHandle points = engine.Bind(ScriptTables.Declare(ScriptTables.Points, ScriptTables.Newest).Shape);
        using (TestBatch batch = new(points.Schema))
        {
            batch.Write(WriteOperation.Upsert, 77, "after the crash");
            await engine.CommitAsync(points, batch.Rows, TestDatabase.Token);
        }

        await scheduler.RunUntilAsync(engine.CheckpointAsync(TestDatabase.Token));
        scheduler.RunAll();
    }

    private static RowModel WithAnother(RowModel rows)
    {
        RowModel after = rows.Clone();
        after.Set(ScriptTables.Points, 77, "after the crash");
        return after;
    }

    private static void CheckKeys(TableSnapshot snapshot, SortedDictionary<long, string> rows)
    {
        long highest = rows.Count == 0 ? 0 : rows.Keys.Max();
        for (long id = 0; id <= highest + 1; id++)
        {
            bool isFound = snapshot.TryFind(KeyCodec.Encode(HeliosKey.Create(id)), out RowLocation location);
            Assert.True(isFound == rows.ContainsKey(id), $"key {id} of {snapshot.Schema.Stored.Name} is {(isFound ? "" : "not ")}found by key");
            if (isFound)
            {
                Assert.Equal(id, KeyCodec.Decode(ColumnType.Int64, snapshot.Sources[location.Source].KeyOf(location.Ordinal)).ToInt64());
                Assert.True(snapshot.Sources[location.Source].IsVisible(location.Ordinal, snapshot.Sequence));
            }
        }
    }

    private static void CheckGraphs(TableSnapshot snapshot)
    {
        foreach (RowSource source in snapshot.Sources)
        {
            VectorView view = source.Vectors(0);
            if (view.Graph is { } graph)
            {
                Assert.Null(HnswGraphValidator.FindProblem(graph));
                Assert.Equal(view.Block.Count, graph.Count);
            }
        }
    }

    /// <summary>Holds a search of all rows against the model, which knows nothing of sources, versions or indexes.</summary>
    private static void CheckAgainstModel(SortedDictionary<long, string> rows, float[] query, List<(long Id, float Distance)> found)
    {
        Assert.Equal(rows.Keys, found.Select(hit => hit.Id).Order());
        double before = 0;
        foreach ((long id, float distance) in found)
        {
            double expected = Math.Sqrt(TestBatch.PlaceOf(rows[id]).Zip(query, static (a, b) => ((double)a - b) * ((double)a - b)).Sum());
            double tolerance = 1e-5 * (expected + 1);
            Assert.InRange(distance, expected - tolerance, expected + tolerance);
            Assert.True(distance >= before, $"key {id} is nearer than the one before it");
            before = distance;
        }
    }
}
