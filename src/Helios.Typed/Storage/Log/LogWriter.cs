using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Log;

/// <summary>Appends commit groups to one log file.</summary>
/// <remarks>
/// One writer at a time. A group is padded to whole 4 KiB sectors; sectors once acknowledged are never written again. A group
/// names the end of the one before it that was known durable, so that a reader can tell a torn tail from rot.
/// </remarks>
internal sealed class LogWriter : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly GroupWriter _groups;

    private readonly int _roomBytes;

    private LogWriter(IFileSystem files, string directory, GroupWriter groups, ulong logNumber, int roomBytes)
    {
        _files = files;
        _directory = directory;
        _groups = groups;
        LogNumber = logNumber;
        _roomBytes = roomBytes;
        if (roomBytes > 0)
        {
            groups.SyncEach(roomBytes);
        }
    }

    /// <summary>Gets the log's number; numbers rise through the life of a database.</summary>
    public ulong LogNumber { get; }

    /// <summary>Gets the bytes of the file that hold whole groups.</summary>
    public long Length => _groups.Length;

    /// <summary>Creates a log file, and makes its name durable: the first one of an opening. One that follows a log in use comes from <see cref="CreateNext"/>.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="logNumber">The log's number.</param>
    /// <param name="roomBytes">Where each group is synced at once, the room that is made ahead for them, in this log and those that follow; otherwise 0. See <see cref="GroupWriter.SyncEach"/>.</param>
    public static LogWriter Create(IFileSystem files, string directory, ulong logNumber, int roomBytes = 0)
    {
        string path = Path.Combine(directory, FileNames.Log(logNumber));
        var groups = GroupWriter.Create(files, path, LogFormat.Magic, LogFormat.Version, logNumber);
        return new LogWriter(files, directory, groups, logNumber, roomBytes);
    }

    /// <summary>Cuts off the room that was made ahead for groups; durable with the next <see cref="Sync"/>.</summary>
    /// <returns>Whether there was any.</returns>
    public bool CutRoom() => _groups.CutRoom();

    /// <summary>Creates the log that follows this one, whose room was cut off and which was synced before: it has to be whole.</summary>
    /// <remarks>
    /// Where that fails, this log can be used on, unless the next one's name may be found after a power loss: with a later log there,
    /// a torn tail in this one would be corruption. It is then <see cref="IsBroken"/>.
    /// </remarks>
    public LogWriter CreateNext()
    {
        if (!_groups.IsWhole)
        {
            throw new InvalidOperationException($"The log after '{_groups.Path}' was asked for before that was cut and synced.");
        }

        string next = Path.Combine(_directory, FileNames.Log(LogNumber + 1));
        try
        {
            // What an attempt that failed left behind holds no commit.
            _files.Delete(next);
            return Create(_files, _directory, LogNumber + 1, _roomBytes);
        }
        catch (Exception e)
        {
            Forget(next, e);
            throw;
        }
    }

    /// <summary>Writes a group; it is not durable before <see cref="Sync"/>.</summary>
    /// <remarks>On failure the file is cut back to where it was, and the group was not written; where even that fails, <see cref="IsBroken"/>.</remarks>
    /// <param name="first">The sequence of the group's first commit.</param>
    /// <param name="last">The sequence of its last.</param>
    /// <param name="payload">The commits, as the engine encodes them.</param>
    public void Append(SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload) =>
        _groups.Append(first.Value, last.Value, payload);

    /// <summary>Makes every group durable. After a failure the log is broken for good, and is not synced again.</summary>
    public void Sync() => _groups.Sync();

    /// <summary>Makes every group durable, and notes so at the end: what a clean shutdown calls last.</summary>
    /// <remarks>Without it all is as safe, but the next opening writes the whole file anew.</remarks>
    public void Seal() => _groups.Seal();

    /// <summary>Gets whether a failure left the file in a state nobody knows; it takes no more groups.</summary>
    public bool IsBroken => _groups.IsBroken;

    /// <inheritdoc/>
    public void Dispose() => _groups.Dispose();

    private void Forget(string next, Exception cause)
    {
        try
        {
            _files.Delete(next);
            _files.SyncDirectory(_directory);
        }
        catch (IOException e)
        {
            _groups.Break($"creating the log after it failed ({cause.Message}) and so did removing what that left ({e.Message})");
        }
    }
}
