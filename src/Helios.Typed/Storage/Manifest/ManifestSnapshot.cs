using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Reads the manifest in use of a directory without changing anything, and writes the first of a new directory.</summary>
internal static class ManifestSnapshot
{
    /// <summary>Reads the manifest that <c>CURRENT</c> names.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory, which holds <c>CURRENT</c>.</param>
    /// <exception cref="HeliosCorruptionException">It is damaged or missing.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    public static ManifestRead Read(IFileSystem files, string directory)
    {
        ulong number = CurrentFile.Read(files, directory);
        string path = Path.Combine(directory, FileNames.Manifest(number));
        if (!files.FileExists(path))
        {
            throw Corruption.At(Path.Combine(directory, FileNames.Current), 0, $"it names {FileNames.Manifest(number)}, which is missing");
        }

        using IFile file = files.Open(path, FileOpenMode.Read);
        FileHeader.Check(file, ManifestFormat.Magic, ManifestFormat.Version, number);
        ManifestReader reader = new(path);
        ulong edits = 0;
        GroupEnd end = new GroupReader(file, number).Read(2 * FileHeader.PageBytes, mayBeTorn: true, (offset, first, _, payload) =>
        {
            reader.Apply(payload, offset);
            if (first != ++edits)
            {
                throw Corruption.At(path, offset, $"the edit here has number {first}, expected {edits}");
            }
        });
        return new ManifestRead(number, reader.ToState(), end.Offset, file.Length);
    }

    /// <summary>Writes a manifest that says all of a state, durably.</summary>
    public static void Write(IFileSystem files, string directory, ulong number, ManifestState state)
    {
        string path = Path.Combine(directory, FileNames.Manifest(number));
        files.Delete(path);
        using var groups = GroupWriter.Create(files, path, ManifestFormat.Magic, ManifestFormat.Version, number);
        using var edit = new ByteWriter();
        ManifestEdit.Write(ManifestState.Empty, state, edit);
        groups.Append(1, 1, edit.WrittenSpan);
        groups.Sync();
    }
}

/// <summary>Is a manifest as it was read.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">What it says.</param>
/// <param name="End">Where its whole edits end; what follows is a torn tail.</param>
/// <param name="Bytes">The file's size.</param>
internal sealed record ManifestRead(ulong Number, ManifestState State, long End, long Bytes);
