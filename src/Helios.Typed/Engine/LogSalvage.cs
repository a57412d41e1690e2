using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Finds how far the logs of a database can be replayed, and changes none.</summary>
internal sealed class LogSalvage
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ManifestState _state;
    private readonly LogCheck _commits;

    private LogSalvage(IFileSystem files, string directory, ManifestState state)
    {
        _files = files;
        _directory = directory;
        _state = state;
        _commits = new LogCheck(state);
    }

    /// <summary>Gets the first damage, or null.</summary>
    public HeliosCorruptionException? Damage { get; private set; }

    /// <summary>Gets the log that has it; null where the log is missing.</summary>
    public ulong? Damaged { get; private set; }

    /// <summary>Gets the newest commit that segments or the logs before the damage have.</summary>
    public SequenceNumber Last => _commits.Last;

    /// <summary>Gets the logs that follow it, oldest first.</summary>
    public IReadOnlyList<ulong> Later { get; private set; } = [];

    /// <summary>Reads the logs that a state needs.</summary>
    /// <exception cref="HeliosCorruptionException">One is whole, and its commits make no sense: it is not damage of the disk's, and nothing can be told from it.</exception>
    /// <exception cref="HeliosFormatException">One is of an unknown format version.</exception>
    public static LogSalvage Read(IFileSystem files, string directory, ManifestState state)
    {
        LogSalvage salvage = new(files, directory, state);
        salvage.Read();
        return salvage;
    }

    /// <summary>Reads a log that is kept for readers of changes.</summary>
    /// <returns>Its damage, or null where it is whole.</returns>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    public static HeliosCorruptionException? FindDamage(IFileSystem files, string directory, ManifestLog log)
    {
        string name = FileNames.Log(log.Number);
        string path = Path.Combine(directory, name);
        ulong last = 0;
        try
        {
            if (!files.FileExists(path))
            {
                throw new HeliosCorruptionException(path, 0, "the log is missing");
            }

            GroupEnd end = LogFiles.Read(files, directory, new LogPart(log.Number, name, log.Bytes, MayBeTorn: false), (offset, first, lastOfGroup, payload) =>
            {
                last = lastOfGroup;
                try
                {
                    CommitReader.Validate(payload, new SequenceNumber(first), new SequenceNumber(lastOfGroup));
                }
                catch (InvalidDataException error)
                {
                    throw (HeliosException?)UnknownVersion.In(error, path) ?? Corruption.At(path, offset, $"its checksums hold but {error.Message}");
                }
            });
            return last == log.Last.Value ? null : Corruption.At(path, end.Offset, $"it ends with commit {last}, and the manifest says {log.Last.Value}");
        }
        catch (HeliosCorruptionException error)
        {
            return error;
        }
    }

    private void Read()
    {
        List<ulong> numbers = [.. LogFiles.NumbersOf(_files.List(_directory), Math.Max(_state.FirstLogNumber, 1))];
        ulong expected = Math.Max(_state.FirstLogNumber, 1);
        for (int i = 0; i < numbers.Count && Damage is null; i++, expected++)
        {
            if (numbers[i] != expected)
            {
                Damage = Missing(expected);
                Later = numbers[i..];
            }
            else if (FindDamage(numbers[i], isNewest: i == numbers.Count - 1) is { } damage)
            {
                Damage = damage;
                Damaged = numbers[i];
                Later = numbers[(i + 1)..];
            }
        }

        if (numbers.Count == 0 && _state.FirstLogNumber > 0)
        {
            Damage = Missing(_state.FirstLogNumber);
        }
    }

    private HeliosCorruptionException Missing(ulong number) =>
        new(Path.Combine(_directory, FileNames.Log(number)), 0, "the log is missing");

    private HeliosCorruptionException? FindDamage(ulong number, bool isNewest)
    {
        string path = Path.Combine(_directory, FileNames.Log(number));
        try
        {
            LogFiles.Read(_files, _directory, new LogPart(number, FileNames.Log(number), long.MaxValue, MayBeTorn: isNewest), (offset, first, last, payload) =>
            {
                if (_commits.FindGap(new SequenceNumber(first), new SequenceNumber(last)) is { } gap)
                {
                    // Commits between them are gone: those that follow are not applied without them.
                    throw Corruption.At(path, offset, gap);
                }

                _commits.Check(new SequenceNumber(first), new SequenceNumber(last), payload);
            });
            return null;
        }
        catch (HeliosCorruptionException error)
        {
            return error;
        }
        catch (InvalidDataException error)
        {
            throw (HeliosException?)UnknownVersion.In(error, path) ?? new HeliosCorruptionException(path, 0, $"its checksums hold but {error.Message}. Nothing was salvaged or changed. Restore the file, or open the database with the library version that wrote it.");
        }
    }
}
