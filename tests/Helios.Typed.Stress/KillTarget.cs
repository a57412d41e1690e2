namespace Helios.Typed.Stress;

/// <summary>Is the process to be killed: four writers and eight readers on one database, with flushes, merges and index builds as they come.</summary>
internal static class KillTarget
{
    /// <summary>The writers, numbered from 1.</summary>
    public const int Writers = 4;

    private const int Readers = 8;

    /// <summary>Runs until the process is killed, or a reader sees what cannot be.</summary>
    /// <param name="path">The database.</param>
    /// <param name="run">The number of the run, which versions rise by.</param>
    /// <param name="seed">The seed of every choice.</param>
    public static async Task<int> RunAsync(string path, int run, int seed)
    {
        HeliosDatabase database = await HeliosDatabase.OpenAsync(path, options => options.MemtableBytes = 1 << 20);
        HeliosStore<Entry> store = database.Store<Entry>();
        Knowledge knowledge = new();
        Writer[] writers = [.. Enumerable.Range(1, Writers).Select(number => new Writer(store, knowledge, number, run, seed))];
        List<long> ids = [];
        await foreach (Entry entry in store.Query())
        {
            ids.Add(entry.Id);
            writers[Writer.NumberOf(entry.Id) - 1].Adopt(entry);
        }

        Report.Write("ready");
        List<Task> tasks = [.. writers.Select(writer => Task.Run(writer.RunAsync))];
        tasks.AddRange(Enumerable.Range(0, Readers).Select(i => Task.Run(new Reader(store, knowledge, ids, seed + i).RunAsync)));
        tasks.Add(Task.Run(async () =>
        {
            while (true)
            {
                await store.WaitForIndexingAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }));

        Task ended = await Task.WhenAny(tasks);
        Report.Write($"fail {ended.Exception?.GetBaseException()}");
        return 1;
    }
}
