namespace Helios.Typed.Storage.Files;

/// <summary>Is the only way to the disk, so that a file system which fails and loses power on command can stand in.</summary>
/// <remarks>
/// Synchronous and thread-safe. Paths are absolute. A new or renamed file is durable only after
/// <see cref="SyncDirectory"/> of its directory. Errors are <see cref="IOException"/> and its kin.
/// </remarks>
internal interface IFileSystem
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it must be there, and what may be done with it.</param>
    /// <exception cref="FileNotFoundException">It must be there and is not.</exception>
    /// <exception cref="IOException">It must not be there and is.</exception>
    IFile Open(string path, FileOpenMode mode);

    /// <summary>Says whether a file is there.</summary>
    bool FileExists(string path);

    /// <summary>Says whether a directory is there.</summary>
    bool DirectoryExists(string path);

    /// <summary>Creates a directory and its parents, durably; one that is there is left alone.</summary>
    void CreateDirectory(string path);

    /// <summary>Gives a file another name in the same directory, in one step, replacing a file of that name.</summary>
    void Rename(string from, string to);

    /// <summary>Gives a file a second name, perhaps in another directory; both names are then of equal right.</summary>
    /// <param name="existing">The file, which is never written again.</param>
    /// <param name="created">The name, which must not be there.</param>
    /// <returns>False where the file system cannot, as between two disks: the file has to be copied.</returns>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    /// <exception cref="IOException">The name is there already, or the disk fails.</exception>
    bool TryLink(string existing, string created) => false;

    /// <summary>Removes a file; one that is not there is no error. Handles that are open stay usable.</summary>
    void Delete(string path);

    /// <summary>Lists the names (not paths) of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Makes the creations, renames and removals in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Takes the lock of a database directory until disposed.</summary>
    /// <param name="directory">The database directory.</param>
    /// <param name="isShared">Whether only to read: beside any number of others that do, and no writer; it changes no file.</param>
    /// <exception cref="HeliosLockedException">Another process, or another opening in this one, has it; the message names it.</exception>
    IDisposable Lock(string directory, bool isShared = false);
}
