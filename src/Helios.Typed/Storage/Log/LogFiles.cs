using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Log;

/// <summary>Finds and reads the logs of a database without changing one.</summary>
internal static class LogFiles
{
    /// <summary>Lists the logs that a state needs, oldest first, with nothing missing between them.</summary>
    /// <param name="directory">The database directory.</param>
    /// <param name="names">The names of its files.</param>
    /// <param name="firstLogNumber">The oldest log that is needed, as the manifest says; 0 where it never said.</param>
    /// <exception cref="HeliosCorruptionException">One is missing.</exception>
    public static IReadOnlyList<LogPart> Find(string directory, IReadOnlyList<string> names, ulong firstLogNumber)
    {
        List<ulong> numbers = [.. NumbersOf(names, firstLogNumber)];
        if (IsStaged(names, firstLogNumber))
        {
            numbers.Insert(0, firstLogNumber);
        }

        ulong expected = Math.Max(firstLogNumber, 1);
        foreach (ulong number in numbers)
        {
            if (number != expected++)
            {
                throw Missing(directory, expected - 1);
            }
        }

        return numbers.Count > 0 || firstLogNumber == 0
            ? [.. numbers.Select(number => new LogPart(number, NameOf(names, number), long.MaxValue, MayBeTorn: number == numbers[^1]))]
            : throw Missing(directory, firstLogNumber);
    }

    /// <summary>Gives the numbers of the logs from one on, in order; some may be missing between them.</summary>
    /// <param name="names">The names of the database's files.</param>
    /// <param name="firstLogNumber">The oldest that is wanted.</param>
    public static IReadOnlyList<ulong> NumbersOf(IReadOnlyList<string> names, ulong firstLogNumber) =>
        [.. names.Select(name => FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Log && number >= firstLogNumber ? number : (ulong?)null).OfType<ulong>().Order()];

    /// <summary>Says whether a backup switched to its manifest and was interrupted before it named the one log of it.</summary>
    /// <remarks>The log was durable before the switch. A temporary file of any other log belongs to nobody.</remarks>
    public static bool IsStaged(IReadOnlyList<string> names, ulong firstLogNumber) =>
        !names.Contains(FileNames.Log(firstLogNumber)) && names.Contains(FileNames.Temporary(FileNames.Log(firstLogNumber)));

    /// <summary>Reads the groups of a log.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="log">The log.</param>
    /// <param name="handler">Takes each group.</param>
    /// <returns>Where the whole groups end.</returns>
    /// <exception cref="HeliosCorruptionException">There is damage that no interrupted write explains.</exception>
    /// <exception cref="HeliosFormatException">The file is of an unknown format version.</exception>
    public static GroupEnd Read(IFileSystem files, string directory, LogPart log, GroupReader.Handler handler)
    {
        string path = Path.Combine(directory, log.FileName);
        using FileView file = new(files.Open(path, FileOpenMode.Read), path, log.Bytes);
        if (log.MayBeTorn && LogReader.IsInterruptedCreation(file, file.Length))
        {
            return GroupEnd.Start with { Offset = 0, TailEnd = file.Length };
        }

        FileHeader.Check(file, LogFormat.Magic, LogFormat.Version, log.Number);
        return new GroupReader(file, log.Number).Read(FileHeader.PageBytes, log.MayBeTorn, handler);
    }

    private static string NameOf(IReadOnlyList<string> names, ulong number)
    {
        string name = FileNames.Log(number);
        return names.Contains(name) ? name : FileNames.Temporary(name);
    }

    private static HeliosCorruptionException Missing(string directory, ulong number) =>
        new(Path.Combine(directory, FileNames.Log(number)), 0, "the log is missing, and commits in it are in no segment. Restore the file, or the database from a backup.");
}

/// <summary>Is what is read of one log.</summary>
/// <param name="Number">Its number.</param>
/// <param name="FileName">Its name.</param>
/// <param name="Bytes">How far it is read; what was appended since is not.</param>
/// <param name="MayBeTorn">Whether it may end in a torn tail.</param>
internal sealed record LogPart(ulong Number, string FileName, long Bytes, bool MayBeTorn);
