using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Keeps the manifest: an append-only log of states' edits, switched to a fresh file when it has grown long.</summary>
/// <remarks>One writer at a time. After a failed sync it takes no more commits.</remarks>
internal sealed class ManifestStore : IDisposable
{
    /// <summary>Gets the state last committed.</summary>
    public ManifestState Current => throw new NotSupportedException();

    /// <summary>Opens the manifest of a directory, or makes one where the directory holds no database.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory, which is there.</param>
    /// <param name="newId">Gives the id of a new database.</param>
    /// <exception cref="HeliosCorruptionException">The manifest is damaged, or files that it names are missing.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    /// <exception cref="HeliosException">The directory holds other files and no database; nothing was changed.</exception>
    public static ManifestStore Open(IFileSystem files, string directory, Func<Guid> newId) => throw new NotSupportedException();

    /// <summary>Writes what differs between the current state and the next, durably, and makes the next current.</summary>
    public void Commit(ManifestState next) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
