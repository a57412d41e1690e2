using Helios.Typed.Storage.Files;

namespace Helios.Typed.TestKit.Files;

/// <summary>Is an open file of a <see cref="SimulatedFileSystem"/>.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem files, string path, SimulatedInode inode, bool canWrite) : IFile
{
    private bool _disposed;

    public string Path => path;

    public long Length => files.LengthOf(Opened());

    public int ReadAt(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return files.Read(path, Opened(), buffer, offset);
    }

    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        files.Change(OperationKind.Write, path, Writable(), offset, bytes.ToArray());
    }

    public void SetLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        files.Change(OperationKind.SetLength, path, Writable(), length);
    }

    public void Sync() => files.Change(OperationKind.Sync, path, Opened());

    public void Dispose() => _disposed = true;

    private SimulatedInode Opened()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return inode;
    }

    private SimulatedInode Writable() => canWrite ? Opened() : throw new IOException($"'{path}' was opened for reading only.");
}
