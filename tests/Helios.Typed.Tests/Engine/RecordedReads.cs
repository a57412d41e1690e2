using System.Collections.Concurrent;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Tests.Engine;

/// <summary>Notes what is read from the files of another file system, and where.</summary>
internal sealed class RecordedReads(IFileSystem inner) : IFileSystem
{
    private readonly ConcurrentQueue<(string Path, long Offset, int Bytes)> _reads = new();

    public void Clear() => _reads.Clear();

    /// <summary>Gives the bytes that were read of a segment's units, by the kind of section.</summary>
    public SortedDictionary<ushort, long> BytesOf(Segment segment)
    {
        SortedDictionary<ushort, long> bytes = [];
        foreach ((string path, long offset, int count) in _reads)
        {
            if (path == segment.Reader.Path && segment.Sections.FirstOrDefault(section => offset >= section.Offset && offset < section.Offset + section.Bytes) is Section read)
            {
                bytes[read.Key.Kind] = bytes.GetValueOrDefault(read.Key.Kind) + count;
            }
        }

        return bytes;
    }

    public IFile Open(string path, FileOpenMode mode) => new RecordedFile(this, inner.Open(path, mode));

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool TryLink(string existing, string created) => inner.TryLink(existing, created);

    public void Delete(string path) => inner.Delete(path);

    public IReadOnlyList<string> List(string directory) => inner.List(directory);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable Lock(string directory, bool isShared = false) => inner.Lock(directory, isShared);

    private sealed class RecordedFile(RecordedReads owner, IFile inner) : IFile
    {
        public string Path => inner.Path;

        public long Length => inner.Length;

        public int ReadAt(Span<byte> buffer, long offset)
        {
            owner._reads.Enqueue((Path, offset, buffer.Length));
            return inner.ReadAt(buffer, offset);
        }

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset) => inner.WriteAt(bytes, offset);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync() => inner.Sync();

        public void Dispose() => inner.Dispose();
    }
}
