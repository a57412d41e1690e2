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
    private readonly GroupWriter _groups;

    private LogWriter(GroupWriter groups, ulong logNumber)
    {
        _groups = groups;
        LogNumber = logNumber;
    }

    /// <summary>Gets the log's number; numbers rise through the life of a database.</summary>
    public ulong LogNumber { get; }

    /// <summary>Gets the bytes of the file that hold whole groups.</summary>
    public long Length => _groups.Length;

    /// <summary>Creates the next log file, and makes its name durable.</summary>
    /// <remarks>The log before it must have been synced first: with a later one there, a torn tail in it is corruption.</remarks>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="logNumber">The log's number.</param>
    public static LogWriter Create(IFileSystem files, string directory, ulong logNumber) =>
        new(GroupWriter.Create(files, Path.Combine(directory, FileNames.Log(logNumber)), LogFormat.Magic, LogFormat.Version, logNumber), logNumber);

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
}
