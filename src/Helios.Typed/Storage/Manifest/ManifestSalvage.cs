using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Finds the newest state that a damaged manifest still tells, and writes one anew.</summary>
internal static class ManifestSalvage
{
    /// <summary>Reads the manifest that CURRENT names, or where that cannot be, the newest that is whole up to its first edit.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="damage">What was damaged on the way.</param>
    /// <returns>The state after the last whole edit, or null where no manifest has one.</returns>
    /// <exception cref="HeliosFormatException">A manifest is of an unknown format version: it is not damaged.</exception>
    public static ManifestState? Read(IFileSystem files, string directory, List<HeliosCorruptionException> damage)
    {
        List<ulong> numbers = NumbersIn(files, directory);
        if (ReadCurrent(files, directory, damage) is { } current)
        {
            if (!numbers.Remove(current))
            {
                damage.Add(Corruption.At(Path.Combine(directory, FileNames.Manifest(current)), 0, $"the file is missing, and {FileNames.Current} names it"));
            }
            else
            {
                numbers.Add(current);
            }
        }

        for (int i = numbers.Count - 1; i >= 0; i--)
        {
            if (ReadManifest(files, directory, numbers[i], damage) is { } state)
            {
                return state;
            }
        }

        return null;
    }

    /// <summary>Writes a state as a manifest of its own, and puts it in force.</summary>
    public static void Write(IFileSystem files, string directory, ManifestState state)
    {
        List<ulong> numbers = NumbersIn(files, directory);
        ulong number = numbers.Count == 0 ? 1 : numbers[^1] + 1;
        ManifestStore.WriteSnapshot(files, directory, number, state).Dispose();
        CurrentFile.Prepare(files, directory, number);
        CurrentFile.Switch(files, directory);
    }

    private static List<ulong> NumbersIn(IFileSystem files, string directory)
    {
        List<ulong> numbers = [];
        foreach (string name in files.List(directory))
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Manifest)
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    private static ulong? ReadCurrent(IFileSystem files, string directory, List<HeliosCorruptionException> damage)
    {
        string path = Path.Combine(directory, FileNames.Current);
        try
        {
            if (files.FileExists(path))
            {
                return CurrentFile.Read(files, directory);
            }

            damage.Add(Corruption.At(path, 0, "the file is missing"));
        }
        catch (HeliosCorruptionException error)
        {
            damage.Add(error);
        }

        return null;
    }

    private static ManifestState? ReadManifest(IFileSystem files, string directory, ulong number, List<HeliosCorruptionException> damage)
    {
        string path = Path.Combine(directory, FileNames.Manifest(number));
        ManifestState? state = null;
        ManifestReader reader = new(path);
        using IFile file = files.Open(path, FileOpenMode.Read);
        try
        {
            FileHeader.Check(file, ManifestFormat.Magic, ManifestFormat.Version, number);
            new GroupReader(file, number).Read(2 * FileHeader.PageBytes, mayBeTorn: true, (offset, _, _, payload) =>
            {
                reader.Apply(payload, offset);
                state = reader.ToState();
            });
        }
        catch (HeliosCorruptionException error)
        {
            damage.Add(error);
        }

        return state;
    }
}
