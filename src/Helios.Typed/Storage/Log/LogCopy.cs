using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Log;

/// <summary>Writes the commits of several logs as one new, sealed log.</summary>
internal static class LogCopy
{
    /// <summary>Writes the log, durably; every group is verified as it is read.</summary>
    /// <param name="files">Where the logs are.</param>
    /// <param name="directory">The directory that they are in.</param>
    /// <param name="logs">The logs, oldest first.</param>
    /// <param name="after">Groups that end at or before this commit are left out.</param>
    /// <param name="through">The last commit that is wanted; the rest is neither published nor missed.</param>
    /// <param name="target">Where the new log is written.</param>
    /// <param name="path">Its path, perhaps a temporary one.</param>
    /// <param name="number">Its number.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <returns>The last commit that was copied, or <paramref name="after"/>.</returns>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    public static SequenceNumber Write(
        IFileSystem files,
        string directory,
        IReadOnlyList<LogPart> logs,
        SequenceNumber after,
        SequenceNumber through,
        IFileSystem target,
        string path,
        ulong number,
        CancellationToken cancellationToken)
    {
        target.Delete(path);
        using var copy = GroupWriter.Create(target, path, LogFormat.Magic, LogFormat.Version, number);
        try
        {
            SequenceNumber last = after;
            foreach (LogPart log in logs)
            {
                try
                {
                    LogFiles.Read(files, directory, log, Append);
                }
                catch (HeliosCorruptionException) when (last >= through)
                {
                    // A commit that could not be made durable was never published: what is left of it may be anything.
                }
            }

            copy.Seal();
            return last;

            void Append(long offset, ulong first, ulong lastOfGroup, ReadOnlySpan<byte> payload)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (lastOfGroup > after.Value && lastOfGroup <= through.Value)
                {
                    copy.Append(first, lastOfGroup, payload);
                    last = new SequenceNumber(lastOfGroup);
                }
            }
        }
        catch
        {
            copy.Dispose();
            GroupWriter.TryDelete(target, path);
            throw;
        }
    }
}
