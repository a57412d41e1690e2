using System.Buffers;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Log;

/// <summary>Reads the commit groups of one log file in order.</summary>
internal static class LogReader
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Takes one whole, verified group.</summary>
    /// <param name="offset">Where it stands in the file.</param>
    /// <param name="first">The sequence of the group's first commit.</param>
    /// <param name="last">The sequence of its last.</param>
    /// <param name="payload">The commits; valid during the call.</param>
    internal delegate void GroupHandler(long offset, SequenceNumber first, SequenceNumber last, ReadOnlySpan<byte> payload);

    /// <summary>Reads a log, and cuts a torn tail off it where it is the newest and may be changed.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="logNumber">The log's number.</param>
    /// <param name="isNewest">Whether no later log is there: only the newest may end in a torn group.</param>
    /// <param name="handler">Takes each group.</param>
    /// <param name="mayChange">Whether the file may be changed; if not, a torn tail is passed over, and stays.</param>
    /// <returns>What was kept and what was cut.</returns>
    /// <exception cref="HeliosCorruptionException">There is damage that no interrupted write explains.</exception>
    /// <exception cref="HeliosFormatException">The file is of an unknown format version.</exception>
    public static LogReadReport Read(IFileSystem files, string directory, ulong logNumber, bool isNewest, GroupHandler handler, bool mayChange = true)
    {
        string path = Path.Combine(directory, FileNames.Log(logNumber));
        if (!mayChange && !files.FileExists(path))
        {
            // Of a backup whose last step, the naming of its log, was interrupted; see LogFiles.IsStaged.
            path = FileNames.Temporary(path);
        }

        GroupEnd end;
        using (IFile file = files.Open(path, isNewest && mayChange ? FileOpenMode.ReadWrite : FileOpenMode.Read))
        {
            long fileBytes = file.Length;
            if (isNewest && IsInterruptedCreation(file, fileBytes))
            {
                if (mayChange)
                {
                    // Made whole here: once a later log is there, this one has to be.
                    file.SetLength(0);
                    GroupWriter.WriteFileHeader(file, LogFormat.Magic, LogFormat.Version, logNumber);
                }

                return new LogReadReport(0, FileHeader.PageBytes, FileHeader.PageBytes, TailOf(path, 0, fileBytes));
            }

            FileHeader.Check(file, LogFormat.Magic, LogFormat.Version, logNumber);
            end = new GroupReader(file, logNumber).Read(
                FileHeader.PageBytes,
                mayBeTorn: isNewest,
                (offset, first, last, payload) => handler(offset, new SequenceNumber(first), new SequenceNumber(last), payload));
            if (isNewest && mayChange && end.DataEnd < fileBytes)
            {
                // The torn tail, room for groups that did not come, and a seal, which has served.
                file.SetLength(end.DataEnd);
                file.Sync();
            }
        }

        if (isNewest && mayChange && end.DataEnd > end.DurableEnd)
        {
            Rewrite(files, directory, path);
        }

        return new LogReadReport(end.Groups, isNewest ? end.DataEnd : end.Offset, end.DurableEnd, TailOf(path, end.Offset, end.TailEnd));
    }

    private static TornTail? TailOf(string path, long offset, long fileBytes) =>
        offset < fileBytes ? new TornTail(path, offset, fileBytes - offset) : null;

    // The last groups were read, but perhaps from the system's cache alone: their process was killed before its sync, or its
    // sync failed and the system took the pages for clean, so that another sync would prove nothing. A later log must find
    // them here, so they are written again, and elsewhere: acknowledged sectors are not written twice.
    private static void Rewrite(IFileSystem files, string directory, string path)
    {
        string temporary = FileNames.Temporary(path);
        files.Delete(temporary);
        using (IFile source = files.Open(path, FileOpenMode.Read))
        using (IFile target = files.Open(temporary, FileOpenMode.Create))
        {
            byte[] slice = ArrayPool<byte>.Shared.Rent(CopyBytes);
            for (long offset = 0, bytes = source.Length; offset < bytes;)
            {
                int read = source.ReadAt(slice.AsSpan(0, CopyBytes), offset);
                if (read == 0)
                {
                    throw Corruption.At(path, offset, $"the file ends here, and a moment ago it had {bytes} bytes");
                }

                target.WriteAt(slice.AsSpan(0, read), offset);
                offset += read;
            }

            ArrayPool<byte>.Shared.Return(slice);
            target.Sync();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(directory);
    }

    // A log's header is durable before its first group is written, so a bad header is a creation's only where nothing follows it.
    internal static bool IsInterruptedCreation(IFile file, long fileBytes)
    {
        if (fileBytes > FileHeader.PageBytes)
        {
            return false;
        }

        Span<byte> page = stackalloc byte[FileHeader.PageBytes];
        return !FileHeader.IsWhole(page[..file.ReadAt(page, 0)], LogFormat.Magic);
    }
}

/// <summary>Says what reading one log kept and cut.</summary>
/// <param name="Groups">The whole groups.</param>
/// <param name="Bytes">The bytes of the file that hold them.</param>
/// <param name="DurableEnd">The end of the groups of which the file says that they were durable; of those after it, nobody knows.</param>
/// <param name="TornTail">The torn tail, or null where there was none; a seal, which is cut off too, does not count.</param>
internal sealed record LogReadReport(long Groups, long Bytes, long DurableEnd, TornTail? TornTail)
{
    /// <summary>Gets the bytes of the torn tail.</summary>
    public long CutBytes => TornTail?.Bytes ?? 0;
}
