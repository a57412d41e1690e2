using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Log;

/// <summary>Appends commit groups to one log file.</summary>
/// <remarks>
/// One writer at a time. A group is padded to whole 4 KiB sectors; sectors once acknowledged are never written again. A group
/// names the end of the one before it that was known durable, so that a reader can tell a torn tail from rot.
/// </remarks>
internal sealed class LogWriter : IDisposable
{
    /// <summary>Gets the log's number; numbers rise through the life of a database.</summary>
    public ulong LogNumber => throw new NotSupportedException();

    /// <summary>Gets the bytes of the file that hold whole groups.</summary>
    public long Length => throw new NotSupportedException();

    /// <summary>Creates the next log file, and makes its name durable.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="logNumber">The log's number.</param>
    public static LogWriter Create(IFileSystem files, string directory, ulong logNumber) => throw new NotSupportedException();

    /// <summary>Writes a group; it is not durable before <see cref="Sync"/>.</summary>
    /// <remarks>On failure the file is cut back to where it was, and the group was not written; where even that fails, <see cref="IsBroken"/>.</remarks>
    /// <param name="first">The sequence of the group's first commit.</param>
    /// <param name="last">The sequence of its last.</param>
    /// <param name="payload">The commits, as the engine encodes them.</param>
    public void Append(SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload) => throw new NotSupportedException();

    /// <summary>Makes every group durable. After a failure the log is broken for good, and is not synced again.</summary>
    public void Sync() => throw new NotSupportedException();

    /// <summary>Gets whether a failure left the file in a state nobody knows; it takes no more groups.</summary>
    public bool IsBroken => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
