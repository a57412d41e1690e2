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
    private readonly IReadOnlyList<Segment> _dropped;
    private readonly long _number;
    private readonly SequenceNumber _durable;
    private int _isDisposed;

    private FileHold(DatabaseState state, long number, StoreVersion version, SequenceNumber sequence, (ulong Number, long Bytes)? logEnd)
    {
        _state = state;
        _number = number;
        _version = version;
        Sequence = sequence;
        Manifest = state.Manifest.Current;
        _durable = state.Durable;
        Logs = logEnd is (ulong lastLog, long bytes)
            ? FindLogs(lastLog, bytes)
            : LogFiles.Find(Directory, Files.List(Directory), Manifest.FirstLogNumber);

        // The manifest names segments of dropped tables until the next flush.
        _dropped = state.HoldDropped();
    }

    /// <summary>Gets the newest commit that is published: all up to it is in the files.</summary>
    public SequenceNumber Sequence { get; }

    /// <summary>Gets the manifest's state.</summary>
    public ManifestState Manifest { get; }

    /// <summary>Gets the logs that it needs, as far as they were written.</summary>
    public IReadOnlyList<LogPart> Logs { get; }

    /// <summary>Gets the sources of every table that has rows, memtables included.</summary>
    public IEnumerable<TableVersion> Tables => _version.Tables.Values;

    /// <summary>Gets the file system, as others know it.</summary>
    public IFileSystem Files => _state.Disk.Inner;

    /// <summary>Gets the database directory.</summary>
    public string Directory => _state.Options.Path;

    /// <summary>Holds the files as they are now; takes both locks, and no longer than it takes to look, and to sync the log where that is behind.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="writes">Who writes the log.</param>
    /// <param name="mustBeDurable">Whether the log is synced first, so that nothing in a copy can be lost here.</param>
    /// <exception cref="ObjectDisposedException">The database is being closed.</exception>
    public static FileHold Take(DatabaseState state, WritePath writes, bool mustBeDurable)
    {
        long number = state.Holds.Add();
        try
        {
            lock (state.StructureLock)
            {
                lock (state.CommitLock)
                {
                    if (mustBeDurable)
                    {
                        writes.SyncLog();
                    }

                    StoreVersion version = state.Pin(out SequenceNumber sequence);
                    try
                    {
                        return new FileHold(state, number, version, sequence, writes.LogEnd);
                    }
                    catch
                    {
                        version.ReleaseReference();
                        throw;
                    }
                }
            }
        }
        catch
        {
            state.Holds.Release(number, state.DeleteNow);
            throw;
        }
    }

    /// <summary>Gives the manifest of a copy of the files.</summary>
    /// <remarks>
    /// What is not durable may be lost here, and its numbers be given to other commits, while the copy has it: where even a sync
    /// could not help, or none was made as the database is only read, the copy's history ends before.
    /// </remarks>
    public ManifestState ManifestOfCopy() => _durable >= Sequence ? Manifest : Manifest.Fork(_state.Options.NewId(), _durable);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _version.ReleaseReference();
            foreach (Segment segment in _dropped)
            {
                segment.ReleaseReference();
            }

            _state.Holds.Release(_number, _state.DeleteNow);
        }
    }

    private List<LogPart> FindLogs(ulong last, long bytes)
    {
        List<LogPart> logs = [];
        for (ulong number = Math.Max(Manifest.FirstLogNumber, 1); number <= last; number++)
        {
            logs.Add(new LogPart(number, FileNames.Log(number), number == last ? bytes : long.MaxValue, MayBeTorn: false));
        }

        return logs;
    }
}
