using Helios.Typed.Storage.Files;

namespace Helios.Typed.Tests.Engine;

/// <summary>Names what is done to a file.</summary>
public enum FileOperation
{
    Open,
    Write,
    WriteBack,
    Sync,
    SetLength,
    Rename,
    Link,
    Delete,
    SyncDirectory,
    List,
}

/// <summary>Tells a test of each operation before it is done; the test may do something first, or throw.</summary>
internal sealed class InterceptedFileSystem(IFileSystem inner) : IFileSystem
{
    private int _openFiles;

    /// <summary>Is told what is about to be done to which file.</summary>
    public Action<FileOperation, string>? Before { get; set; }

    /// <summary>How many files are open.</summary>
    public int OpenFiles => Volatile.Read(ref _openFiles);

    public IFile Open(string path, FileOpenMode mode)
    {
        if (mode == FileOpenMode.Create)
        {
            Tell(FileOperation.Open, path);
        }

        InterceptedFile file = new(this, inner.Open(path, mode));
        Interlocked.Increment(ref _openFiles);
        return file;
    }

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to)
    {
        Tell(FileOperation.Rename, to);
        inner.Rename(from, to);
    }

    public bool TryLink(string existing, string created)
    {
        Tell(FileOperation.Link, created);
        return inner.TryLink(existing, created);
    }

    public void Delete(string path)
    {
        Tell(FileOperation.Delete, path);
        inner.Delete(path);
    }

    public IReadOnlyList<string> List(string directory)
    {
        Tell(FileOperation.List, directory);
        return inner.List(directory);
    }

    public void SyncDirectory(string path)
    {
        Tell(FileOperation.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    public IDisposable Lock(string directory, bool isShared = false) => inner.Lock(directory, isShared);

    private void Tell(FileOperation operation, string path) => Before?.Invoke(operation, path);

    private sealed class InterceptedFile(InterceptedFileSystem owner, IFile inner) : IFile
    {
        private int _isDisposed;

        public string Path => inner.Path;

        public long Length => inner.Length;

        public int ReadAt(Span<byte> buffer, long offset) => inner.ReadAt(buffer, offset);

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            owner.Tell(FileOperation.Write, Path);
            inner.WriteAt(bytes, offset);
        }

        public void WriteBack(long offset, long bytes)
        {
            owner.Tell(FileOperation.WriteBack, Path);
            inner.WriteBack(offset, bytes);
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

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref owner._openFiles);
                inner.Dispose();
            }
        }
    }
}
