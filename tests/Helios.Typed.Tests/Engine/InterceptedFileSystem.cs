using Helios.Typed.Storage.Files;

namespace Helios.Typed.Tests.Engine;

/// <summary>Names what is done to a file.</summary>
public enum FileOperation
{
    Open,
    Write,
    Sync,
    SetLength,
    Rename,
    Delete,
    SyncDirectory,
}

/// <summary>Tells a test of each operation before it is done; the test may do something first, or throw.</summary>
internal sealed class InterceptedFileSystem(IFileSystem inner) : IFileSystem
{
    /// <summary>Is told what is about to be done to which file.</summary>
    public Action<FileOperation, string>? Before { get; set; }

    public IFile Open(string path, FileOpenMode mode)
    {
        if (mode == FileOpenMode.Create)
        {
            Tell(FileOperation.Open, path);
        }

        return new InterceptedFile(this, inner.Open(path, mode));
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to)
    {
        Tell(FileOperation.Rename, to);
        inner.Rename(from, to);
    }

    public void Delete(string path)
    {
        Tell(FileOperation.Delete, path);
        inner.Delete(path);
    }

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void SyncDirectory(string path)
    {
        Tell(FileOperation.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    public IDisposable Lock(string directory) => inner.Lock(directory);

    private void Tell(FileOperation operation, string path) => Before?.Invoke(operation, path);

    private sealed class InterceptedFile(InterceptedFileSystem owner, IFile inner) : IFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int ReadAt(Span<byte> buffer, long offset) => inner.ReadAt(buffer, offset);

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            owner.Tell(FileOperation.Write, Path);
            inner.WriteAt(bytes, offset);
        }

        public void SetLength(long length)
        {
            owner.Tell(FileOperation.SetLength, Path);
            inner.SetLength(length);
        }

        public void Sync()
        {
            owner.Tell(FileOperation.Sync, Path);
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
