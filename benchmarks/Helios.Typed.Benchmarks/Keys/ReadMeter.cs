using Helios.Typed.Storage.Files;

namespace Helios.Typed.Benchmarks.Keys;

/// <summary>Counts the bytes that are read through it from another file system.</summary>
internal sealed class ReadMeter(IFileSystem inner) : IFileSystem
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public IFile Open(string path, FileOpenMode mode) => new Metered(this, inner.Open(path, mode));

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool TryLink(string existing, string created) => inner.TryLink(existing, created);

    public void Delete(string path) => inner.Delete(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable Lock(string directory, bool isShared = false) => inner.Lock(directory, isShared);

    private sealed class Metered(ReadMeter owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int ReadAt(Span<byte> buffer, long offset)
        {
            Interlocked.Add(ref owner._bytes, buffer.Length);
            return file.ReadAt(buffer, offset);
        }

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset) => file.WriteAt(bytes, offset);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => file.Sync();

        public void Dispose() => file.Dispose();
    }
}
