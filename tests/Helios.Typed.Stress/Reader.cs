namespace Helios.Typed.Stress;

/// <summary>Reads by key and by nearness, and checks that what was acknowledged is seen and that nothing is torn.</summary>
internal sealed class Reader(HeliosStore<Entry> store, Knowledge knowledge, IReadOnlyList<long> ids, int seed)
{
    private const int Nearest = 5;

    private readonly Random _random = new(seed);

    /// <summary>Reads until the process is killed.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            long id = PickId();
            await CheckRowAsync(id);
            if (_random.Next(8) == 0)
            {
                await CheckNearestAsync(id);
            }
        }
    }

    private long PickId()
    {
        int writer = _random.Next(1, KillTarget.Writers + 1);
        return ids.Count > 0 && _random.Next(2) == 0 ? ids[_random.Next(ids.Count)] : (writer * 1_000_000_000L) + _random.Next(2_000);
    }

    private async Task CheckRowAsync(long id)
    {
        int least = knowledge.AcknowledgedOf(id);
        Entry? found = await store.GetAsync(id);
        int begun = knowledge.BegunOf(id);
        if (found is null ? least > 0 && begun != 0 : found.Version < least || !found.IsWhole())
        {
            throw new InvalidDataException($"row {id} has version {found?.Version}, where {least} was acknowledged and {begun} begun last");
        }
    }

    private async Task CheckNearestAsync(long id)
    {
        IReadOnlyList<Hit<Entry>> hits = await store.Nearest(entry => entry.Vector, Entry.VectorOf(id, version: 1)).Take(Nearest).ToListAsync();
        for (int i = 0; i < hits.Count; i++)
        {
            if (!hits[i].Record.IsWhole() || (i > 0 && hits[i].Distance < hits[i - 1].Distance))
            {
                throw new InvalidDataException($"hit {i} is row {hits[i].Record.Id} with version {hits[i].Record.Version} at distance {hits[i].Distance}");
            }
        }
    }
}
