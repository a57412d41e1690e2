using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Helios.Typed.Storage.Files;

/// <summary>Is a file of the operating system, read and written by position.</summary>
internal sealed class PhysicalFile : IFile
{
    // The stream is only the handle's owner: it alone can create a file with its mode in one step.
    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;
    private SectorBuffer? _sectors;
    private bool? _canWriteBack;

    /// <summary>Takes over an unbuffered stream.</summary>
    public PhysicalFile(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
        _handle = stream.SafeFileHandle;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (_sectors is not null)
        {
            throw new InvalidOperationException($"'{Path}' is written past the system's cache; open it again to read it.");
        }

        // The system may give less than was asked before the end (a signal, a network file system).
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(_handle, buffer[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <inheritdoc/>
    public void WriteAt(ReadOnlySpan<byte> bytes, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        try
        {
            if (_sectors is null || !TryWriteSectors(_sectors, bytes, offset))
            {
                // Goes on after a short write by itself.
                RandomAccess.Write(_handle, bytes, offset);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Could not write {bytes.Length} bytes at {offset} of '{Path}': {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public bool TryBypassCache()
    {
        if (_sectors is null && UnixCalls.TryBypassCache(_handle, bypass: true))
        {
            _sectors = new SectorBuffer();
        }

        return _sectors is not null;
    }

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        try
        {
            RandomAccess.SetLength(_handle, length);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Could not set the length of '{Path}' to {length}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void WriteBack(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        _canWriteBack ??= OperatingSystem.IsLinux() && UnixCalls.CanWriteBack(_handle);
        if (_canWriteBack.Value)
        {
            UnixCalls.WriteBack(_handle, Path, offset, bytes);
        }
    }

    /// <inheritdoc/>
    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            UnixCalls.SyncFile(_handle, Path);
        }
        else
        {
            // On macOS this is F_FULLFSYNC, which a plain fsync there is not.
            RandomAccess.FlushToDisk(_handle);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool TryWriteSectors(SectorBuffer sectors, ReadOnlySpan<byte> bytes, long offset)
    {
        Debug.Assert(offset % IFile.SectorBytes == 0, "A file past the cache is written from a whole sector on.");
        Debug.Assert(bytes.Length % IFile.SectorBytes == 0, "A file past the cache is written in whole sectors.");
        try
        {
            RandomAccess.Write(_handle, sectors.Fill(bytes), offset);
            return true;
        }
        catch (IOException e) when (e.HResult == UnixCalls.NotAligned && UnixCalls.TryBypassCache(_handle, bypass: false))
        {
            // Some file systems take the flag and refuse the write, which then wrote nothing: through the cache it goes.
            _sectors = null;
            return false;
        }
    }
}
