namespace Helios.Typed.Stress;

/// <summary>Commits batches of inserts, updates and deletes to ids of its own, and reports each before and after.</summary>
internal sealed class Writer(HeliosStore<Entry> store, Knowledge knowledge, int number, int run, int seed)
{
    private const long IdsPerWriter = 1_000_000_000;
    private const int CommitsPerCheckpoint = 20;
    private const int MostRowsPerCommit = 12;

    private readonly Random _random = new(unchecked((seed * 31) + number));
    private readonly List<long> _live = [];
    private long _nextId = number * IdsPerWriter;
    private int _commits;
    private int _versions;

    /// <summary>Takes a row that an earlier run left.</summary>
    public void Adopt(Entry entry)
    {
        _live.Add(entry.Id);
        _nextId = Math.Max(_nextId, entry.Id + 1);
        knowledge.Begin(entry.Id, entry.Version);
        knowledge.Acknowledge(entry.Id, entry.Version);
    }

    /// <summary>Says whose ids an id is of.</summary>
    public static int NumberOf(long id) => (int)(id / IdsPerWriter);

    /// <summary>Commits until the process is killed.</summary>
    public async Task RunAsync()
    {
        // Deleted ids may be above every one that is left.
        _nextId += run * 100_000L;
        while (true)
        {
            await CommitAsync();
            if (number == 1 && _commits % CommitsPerCheckpoint == 0)
            {
                await store.Database.CheckpointAsync();
            }
        }
    }

    private async Task CommitAsync()
    {
        int commit = ++_commits;
        WriteBatch<Entry> batch = new();
        Dictionary<long, int> rows = [];
        int count = _random.Next(4) == 0 ? _random.Next(2, MostRowsPerCommit) : 1;
        for (int i = 0; i < count; i++)
        {
            AddWrite(batch, rows);
        }

        foreach ((long id, int version) in rows)
        {
            knowledge.Begin(id, version);
        }

        Report.Write(rows.Select(row => $"? {number} {commit} {row.Key} {row.Value}"));
        await store.WriteAsync(batch);
        foreach ((long id, int version) in rows)
        {
            knowledge.Acknowledge(id, version);
        }

        Report.Write($"! {number} {commit}");
    }

    private void AddWrite(WriteBatch<Entry> batch, Dictionary<long, int> rows)
    {
        int choice = _random.Next(10);
        int version = (run * 1_000_000) + ++_versions;
        if (_live.Count == 0 || choice < 6)
        {
            long id = _nextId++;
            _live.Add(id);
            rows[id] = version;
            batch.Insert(Entry.Create(id, version));
            return;
        }

        int place = _random.Next(_live.Count);
        long chosen = _live[place];
        if (choice < 9)
        {
            rows[chosen] = version;
            batch.Update(Entry.Create(chosen, version));
        }
        else
        {
            _live[place] = _live[^1];
            _live.RemoveAt(_live.Count - 1);
            rows[chosen] = 0;
            batch.Delete(HeliosKey.Create(chosen));
        }
    }
}
