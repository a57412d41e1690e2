using Microsoft.Extensions.Logging;

namespace Helios.Typed.Engine;

/// <content>Lets the files be read by others than the engine's own readers: backups and checks.</content>
internal sealed partial class DatabaseEngine
{
    /// <summary>Gets a token that ends such work when the database is closed, which then waits for the holds.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Clock => _state.Options.Clock;

    /// <summary>Gets where such work reports.</summary>
    public ILoggerFactory Loggers => _state.Options.Loggers;

    /// <summary>Holds the files that hold the database at this moment; disposed at the end of the work.</summary>
    /// <param name="mustBeDurable">Whether the log is synced first, so that nothing in a copy can be lost here.</param>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public FileHold HoldFiles(bool mustBeDurable = false)
    {
        ThrowIfDisposed();
        return FileHold.Take(_state, _writes, mustBeDurable);
    }
}
