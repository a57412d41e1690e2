using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Helios.Typed.Hosting;

/// <summary>Holds the databases of one container: one for each path, whoever asks for it.</summary>
internal sealed class DatabasePool(IOptionsMonitor<HeliosDatabaseOptions> options, ILoggerFactory? loggers = null) : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HeliosDatabase> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (HeliosDatabase Database, HeliosDatabaseOptions Options)> _byPath = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>Gives the database of a name; it opens on first use.</summary>
    /// <exception cref="OptionsValidationException">A setting cannot be.</exception>
    /// <exception cref="InvalidOperationException">Two names set one path with different settings.</exception>
    public HeliosDatabase Get(string name)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_byName.TryGetValue(name, out HeliosDatabase? database))
            {
                database = Create(options.Get(name));
                _byName.Add(name, database);
            }

            return database;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(TakeAll().Select(database => database.DisposeAsync().AsTask())).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private HeliosDatabase Create(HeliosDatabaseOptions wanted)
    {
        var created = HeliosDatabase.Create(wanted, loggers);
        if (created.Path == HeliosDatabaseOptions.InMemory)
        {
            return created;
        }

        if (!_byPath.TryGetValue(created.Path, out (HeliosDatabase Database, HeliosDatabaseOptions Options) known))
        {
            _byPath.Add(created.Path, (created, wanted));
            return created;
        }

        string? difference = FindDifference(known.Options, wanted);
        return difference is null
            ? known.Database
            : throw new InvalidOperationException(
                $"Two registrations open the database '{created.Path}' with different settings: {difference}. Give both the same, or set them once with AddHeliosDatabase.");
    }

    private static string? FindDifference(HeliosDatabaseOptions a, HeliosDatabaseOptions b) =>
        a.CreateIfMissing != b.CreateIfMissing ? $"{nameof(a.CreateIfMissing)} is {a.CreateIfMissing} and {b.CreateIfMissing}"
        : a.ReadOnly != b.ReadOnly ? $"{nameof(a.ReadOnly)} is {a.ReadOnly} and {b.ReadOnly}"
        : a.Durability != b.Durability ? $"{nameof(a.Durability)} is {a.Durability} and {b.Durability}"
        : a.SyncInterval != b.SyncInterval ? $"{nameof(a.SyncInterval)} is {a.SyncInterval:c} and {b.SyncInterval:c}"
        : a.MemtableBytes != b.MemtableBytes ? $"{nameof(a.MemtableBytes)} is {a.MemtableBytes} and {b.MemtableBytes}"
        : a.IndexingThreads != b.IndexingThreads ? $"{nameof(a.IndexingThreads)} is {a.IndexingThreads} and {b.IndexingThreads}"
        : null;

    private HeliosDatabase[] TakeAll()
    {
        lock (_gate)
        {
            _disposed = true;
            HeliosDatabase[] all = [.. _byName.Values.Distinct()];
            _byName.Clear();
            _byPath.Clear();
            return all;
        }
    }
}
