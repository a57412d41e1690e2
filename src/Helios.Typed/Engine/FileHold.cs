using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Is the files that held the database at one commit, none of which is deleted until it is disposed.</summary>
/// <remarks>Writes, flushes and merges go on meanwhile; what they replace takes its space a while longer.</remarks>
internal sealed class FileHold : IDisposable
{
    private readonly DatabaseState _state;
    private readonly StoreVersion _version;
    private int _isDisposed;

    private FileHold(DatabaseState state, StoreVersion version, SequenceNumber sequence, ulong lastLog, long lastLogBytes)
    {
        _state = state;
        _version = version;
        Sequence = sequence;
        Manifest = state.Manifest.Current;
        List<LogPart> logs = [];
        for (ulong number = Math.Max(Manifest.FirstLogNumber, 1); number <= lastLog; number++)
        {
            logs.Add(new LogPart(number, FileNames.Log(number), number == lastLog ? lastLogBytes : long.MaxValue, MayBeTorn: false));
        }

        Logs = logs;
    }

    /// <summary>Gets the newest commit that is published: all up to it is in the files.</summary>
    public SequenceNumber Sequence { get; }

    /// <summary>Gets the manifest's state.</summary>
    public ManifestState Manifest { get; }

    /// <summary>Gets the logs that it needs, as far as they were written.</summary>
    public IReadOnlyList<LogPart> Logs { get; }

    /// <summary>Gets the file system.</summary>
    public IFileSystem Files => _state.Options.Files;

    /// <summary>Gets the database directory.</summary>
    public string Directory => _state.Options.Path;

    /// <summary>Holds the files as they are now; takes both locks, and no longer than it takes to look.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="writes">Who writes the log.</param>
    /// <exception cref="ObjectDisposedException">The database is being closed.</exception>
    public static FileHold Take(DatabaseState state, WritePath writes)
    {
        state.Holds.Add();
        try
        {
            lock (state.StructureLock)
            {
                lock (state.CommitLock)
                {
                    (ulong lastLog, long bytes) = writes.LogEnd;
                    return new FileHold(state, state.Pin(out SequenceNumber sequence), sequence, lastLog, bytes);
                }
            }
        }
        catch
        {
            Release(state);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _version.ReleaseReference();
            Release(_state);
        }
    }

    private static void Release(DatabaseState state)
    {
        foreach (string fileName in state.Holds.Release())
        {
            state.TryDelete(fileName);
        }
    }
}
