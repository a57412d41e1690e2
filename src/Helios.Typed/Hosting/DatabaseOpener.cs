using System.Diagnostics;
using Helios.Typed.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Helios.Typed.Hosting;

/// <summary>Opens a container's databases before its host starts serving, so that trouble shows at the start.</summary>
internal sealed class DatabaseOpener(DatabasePool pool, IEnumerable<DatabaseName> names, ILogger<DatabaseOpener>? logger = null) : IHostedLifecycleService
{
    private readonly ILogger _logger = logger ?? NullLogger<DatabaseOpener>.Instance;

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (DatabaseName name in names)
        {
            long started = Stopwatch.GetTimestamp();
            HeliosDatabase database = pool.Get(name.OptionsName);
            await database.EngineAsync(cancellationToken).ConfigureAwait(false);
            HostingLog.Opened(_logger, database.Path, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
