namespace Helios.Typed.Storage.Files;

/// <summary>Is an open file of a <see cref="MemoryFileSystem"/>; it stays usable when the file's name is gone.</summary>
internal sealed class MemoryFile(string path, MemoryFileContent content, bool canWrite) : IFile
{
    private bool _disposed;

    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public long Length => Opened().Length;

    /// <inheritdoc/>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return Opened().Read(buffer, offset);
    }

    /// <inheritdoc/>
    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Writable().Write(bytes, offset);
    }

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Writable().SetLength(length);
    }

    /// <inheritdoc/>
    public void Sync() => Opened();

    /// <inheritdoc/>
    public void Dispose() => _disposed = true;

    private MemoryFileContent Opened()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return content;
    }

    private MemoryFileContent Writable() =>
        canWrite ? Opened() : throw new IOException($"'{path}' was opened for reading only.");
}
