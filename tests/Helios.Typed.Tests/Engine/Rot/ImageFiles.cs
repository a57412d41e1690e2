using Helios.Typed.Storage.Files;

namespace Helios.Typed.Tests.Engine.Rot;

/// <summary>Is a directory of files in memory that costs nothing to copy: bytes are shared until they are written to.</summary>
/// <remarks>For one thread at a time. Every read is of what was last written; nothing is lost.</remarks>
internal sealed class ImageFiles : IFileSystem
{
    public const string Directory = "/data/db";

    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private bool _isLocked;

    public ImageFiles(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            _files.Add(name, new Content(bytes));
        }
    }

    /// <summary>Copies the files of a directory.</summary>
    public static SortedDictionary<string, byte[]> Take(IFileSystem files, string directory = Directory)
    {
        SortedDictionary<string, byte[]> taken = new(StringComparer.Ordinal);
        foreach (string name in files.List(directory))
        {
            using IFile file = files.Open(Path.Combine(directory, name), FileOpenMode.Read);
            byte[] bytes = new byte[file.Length];
            file.ReadAt(bytes, 0);
            taken.Add(name, bytes);
        }

        return taken;
    }

    public IFile Open(string path, FileOpenMode mode)
    {
        string name = NameOf(path);
        bool isThere = _files.TryGetValue(name, out Content? content);
        if (mode == FileOpenMode.Create)
        {
            if (isThere)
            {
                throw new IOException($"The file '{path}' already exists.");
            }

            _files.Add(name, content = new Content([]));
        }

        return new ImageFile(path, content ?? throw new FileNotFoundException($"Could not find file '{path}'.", path), mode != FileOpenMode.Read);
    }

    public bool FileExists(string path) => Path.GetDirectoryName(path) == Directory && _files.ContainsKey(NameOf(path));

    public bool DirectoryExists(string path) => true;

    public void CreateDirectory(string path)
    {
    }

    public void Rename(string from, string to)
    {
        _files.Remove(NameOf(from), out Content? content);
        _files[NameOf(to)] = content ?? throw new FileNotFoundException($"Could not find file '{from}'.", from);
    }

    public void Delete(string path) => _files.Remove(NameOf(path));

    public IReadOnlyList<string> List(string directory) => [.. _files.Keys.Order(StringComparer.Ordinal)];

    public void SyncDirectory(string path)
    {
    }

    public IDisposable Lock(string directory, bool isShared = false)
    {
        if (_isLocked)
        {
            throw new HeliosLockedException(directory, "another opening");
        }

        _isLocked = true;
        return new Held(this);
    }

    private static string NameOf(string path) => Path.GetFileName(path);

    private sealed class Held(ImageFiles owner) : IDisposable
    {
        public void Dispose() => owner._isLocked = false;
    }

    private sealed class Content(byte[] shared)
    {
        private byte[] _bytes = shared;
        private bool _isOwn;

        public int Length { get; private set; } = shared.Length;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            SetLength(Math.Max(Length, offset + bytes.Length));
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }

        public void SetLength(long length)
        {
            if (!_isOwn || length > _bytes.Length)
            {
                byte[] own = new byte[length + 8192];
                Bytes[..(int)Math.Min(Length, length)].CopyTo(own);
                _bytes = own;
                _isOwn = true;
            }
            else if (length < Length)
            {
                _bytes.AsSpan((int)length, Length - (int)length).Clear();
            }

            Length = (int)length;
        }
    }

    private sealed class ImageFile(string path, Content content, bool canWrite) : IFile
    {
        public string Path => path;

        public long Length => content.Length;

        public int ReadAt(Span<byte> buffer, long offset)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            int count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            if (count > 0)
            {
                content.Bytes.Slice((int)offset, count).CopyTo(buffer);
            }

            return count;
        }

        public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
        {
            Assert(canWrite);
            content.Write(bytes, offset);
        }

        public void SetLength(long length)
        {
            Assert(canWrite);
            content.SetLength(length);
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }

        private static void Assert(bool can)
        {
            if (!can)
            {
                throw new IOException("The file was opened for reading only.");
            }
        }
    }
}
