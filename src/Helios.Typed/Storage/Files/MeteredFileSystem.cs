namespace Helios.Typed.Storage.Files;

/// <summary>Counts the bytes that are written through it to another file system, by the kind of file.</summary>
/// <remarks>Thread-safe. Everything else is handed on as it comes, failures too; a write that failed is not counted.</remarks>
/// <param name="inner">The file system.</param>
internal sealed class MeteredFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly long[] _written = new long[(int)FileKind.Temporary + 1];

    /// <summary>Gets the file system without the meter: what others know it by.</summary>
    public IFileSystem Inner => inner;

    /// <summary>Gives the bytes written to files of a kind; a file with a temporary name counts as what it is to become.</summary>
    /// <param name="kind">The kind; <see cref="FileKind.Temporary"/> for names that are none of a database's.</param>
    public long WrittenTo(FileKind kind) => Volatile.Read(ref _written[(int)kind]);

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenMode mode)
    {
        IFile file = inner.Open(path, mode);
        return mode == FileOpenMode.Read ? file : new MeteredFile(this, file, FileNames.FindTarget(Path.GetFileName(path)));
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => inner.FileExists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => inner.Rename(from, to);

    /// <inheritdoc/>
    public bool TryLink(string existing, string created) => inner.TryLink(existing, created);

    /// <inheritdoc/>
    public void Delete(string path) => inner.Delete(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    /// <inheritdoc/>
    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    /// <inheritdoc/>
    public IDisposable Lock(string directory, bool isShared = false) => inner.Lock(directory, isShared);

    private sealed class MeteredFile(MeteredFileSystem files, IFile file, FileKind kind) : IFile
    {
        /// <inheritdoc/>
        public string Path => file.Path;

        /// <inheritdoc/>
        public long Length => file.Length;

        /// <inheritdoc/>
        public int ReadAt(Span<byte> buffer, long offset) => file.ReadAt(buffer, offset);

        /// <inheritdoc/>
        public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            file.WriteAt(bytes, offset);
            Interlocked.Add(ref files._written[(int)kind], bytes.Length);
        }

        /// <inheritdoc/>
        public bool TryBypassCache() => file.TryBypassCache();

        /// <inheritdoc/>
        public void SetLength(long length) => file.SetLength(length);

        /// <inheritdoc/>
        public void WriteBack(long offset, long bytes) => file.WriteBack(offset, bytes);

        /// <inheritdoc/>
        public void Sync() => file.Sync();

        /// <inheritdoc/>
        public void Dispose() => file.Dispose();
    }
}
