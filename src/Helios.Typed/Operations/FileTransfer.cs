using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Operations;

/// <summary>Brings the immutable files of a database from one directory to another.</summary>
/// <param name="source">The file system of the one.</param>
/// <param name="sourceDirectory">The one.</param>
/// <param name="target">The file system of the other.</param>
/// <param name="targetDirectory">The other.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class FileTransfer(IFileSystem source, string sourceDirectory, IFileSystem target, string targetDirectory, CancellationToken cancellationToken)
{
    /// <summary>Names the immutable files of a state.</summary>
    public static IReadOnlyList<string> FilesOf(ManifestState state) =>
        state.ListFiles();

    /// <summary>Tells the size of a file at the source.</summary>
    public long LengthOf(string name)
    {
        using IFile file = source.Open(Path.Combine(sourceDirectory, name), FileOpenMode.Read);
        return file.Length;
    }

    /// <summary>Says whether the file of a name at the target was written as the one at the source.</summary>
    public bool IsSame(string name)
    {
        using IFile there = target.Open(Path.Combine(targetDirectory, name), FileOpenMode.Read);
        using IFile here = source.Open(Path.Combine(sourceDirectory, name), FileOpenMode.Read);
        return SegmentFileIdentity.Matches(here, there);
    }

    /// <summary>Says whether every byte of a file at the target is as it was written.</summary>
    public bool IsWhole(string name)
    {
        using IFile file = target.Open(Path.Combine(targetDirectory, name), FileOpenMode.Read);
        bool isWhole = true;
        SegmentFileCheck.Run(file, NumberOf(name), _ => isWhole = false, static _ => { }, cancellationToken);
        return isWhole;
    }

    /// <summary>Gives a file a second name at the target, replacing one that was written as the same.</summary>
    /// <returns>False where the two places cannot share a file.</returns>
    public bool TryLink(string name)
    {
        if (!ReferenceEquals(source, target))
        {
            return false;
        }

        string path = Path.Combine(targetDirectory, name);
        string temporary = FileNames.Temporary(path);
        target.Delete(temporary);
        if (!target.TryLink(Path.Combine(sourceDirectory, name), temporary))
        {
            return false;
        }

        // Two names of one file stay as they are when one is renamed to the other.
        target.Rename(temporary, path);
        target.Delete(temporary);
        return true;
    }

    /// <summary>Copies a file, verified and synced; its name is durable once the directory is synced.</summary>
    /// <param name="name">The file.</param>
    /// <param name="progress">Is told the bytes of each step.</param>
    /// <returns>The file's size.</returns>
    /// <exception cref="HeliosCorruptionException">The file is damaged.</exception>
    public long Copy(string name, Action<long> progress)
    {
        string path = Path.Combine(targetDirectory, name);
        string temporary = FileNames.Temporary(path);
        target.Delete(temporary);
        try
        {
            long bytes;
            string sourcePath = Path.Combine(sourceDirectory, name);
            using (IFile from = source.Open(sourcePath, FileOpenMode.Read))
            using (IFile to = target.Open(temporary, FileOpenMode.Create))
            {
                FileCopy.Copy(from, to, progress, cancellationToken);
                bytes = to.Length;

                // What was written is what is checked; if it is damaged, so was what was read.
                using FileView copy = new(to, sourcePath, bytes);
                SegmentFileCheck.Require(copy, NumberOf(name), cancellationToken);
                to.Sync();
            }

            target.Rename(temporary, path);
            return bytes;
        }
        catch
        {
            Directories.TryDelete(target, temporary);
            throw;
        }
    }

    /// <summary>Gives the number in a file's name.</summary>
    public static ulong NumberOf(string name) =>
        FileNames.TryParse(name, out _, out ulong number) ? number : throw new ArgumentException($"'{name}' is no name of a file of a database.", nameof(name));
}
