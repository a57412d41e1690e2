using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Log;

/// <summary>Writes the commits of several logs as one new, sealed log.</summary>
/// <remarks>
/// It begins where the first of them does, also where segments have its first commits: a log states the shape of a table once,
/// and who reads changes needs it.
/// </remarks>
internal static class LogCopy
{
    /// <summary>Writes the log, durably; every group is verified as it is read.</summary>
    /// <param name="files">Where the logs are.</param>
    /// <param name="directory">The directory that they are in.</param>
    /// <param name="logs">The logs, oldest first.</param>
    /// <param name="persisted">The last commit that segments have.</param>
    /// <param name="through">The last commit that is wanted; the rest is neither published nor missed.</param>
    /// <param name="target">Where the new log is written.</param>
    /// <param name="path">Its path, perhaps a temporary one.</param>
    /// <param name="number">Its number.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <returns>The last commit that was copied, or <paramref name="persisted"/>, and whether the newest log said at its end that all of it is durable.</returns>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    public static (SequenceNumber Last, bool IsSealed) Write(
        IFileSystem files,
        string directory,
        IReadOnlyList<LogPart> logs,
        SequenceNumber persisted,
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
            SequenceNumber last = persisted;
            bool isSealed = true;
            foreach (LogPart log in logs)
            {
                try
                {
                    GroupEnd end = LogFiles.Read(files, directory, log, Append);
                    isSealed = end.DurableEnd >= end.DataEnd;
                }
                catch (HeliosCorruptionException) when (last >= through)
                {
                    // A commit that could not be made durable was never published: what is left of it may be anything.
                }
            }

            copy.Seal();
            return (last, isSealed);

            void Append(long offset, ulong first, ulong lastOfGroup, ReadOnlySpan<byte> payload)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (lastOfGroup <= through.Value)
                {
                    copy.Append(first, lastOfGroup, payload);
                    last = new SequenceNumber(Math.Max(last.Value, lastOfGroup));
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
