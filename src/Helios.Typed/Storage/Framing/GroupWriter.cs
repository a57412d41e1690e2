using System.Buffers;
using System.IO.Hashing;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Framing;

/// <summary>Appends groups to a new file.</summary>
/// <remarks>One writer at a time; <see cref="Sync"/> may not overlap <see cref="Append"/>.</remarks>
internal sealed class GroupWriter : IDisposable
{
    private const int SliceBytes = 1 << 20;
    private const int SmallGroupsInRoom = 8;

    private readonly IFile _file;
    private readonly ulong _number;
    private ulong _previousChecksum;
    private long _durableEnd;
    private long _sealEnd;
    private long _roomEnd;
    private int _roomBytes;
    private bool _isCut;
    private string? _broken;

    private GroupWriter(IFile file, ulong number, long length, ulong previousChecksum)
    {
        _file = file;
        _number = number;
        _previousChecksum = previousChecksum;
        _durableEnd = length;
        Length = length;
    }

    /// <summary>Gets the path.</summary>
    public string Path => _file.Path;

    /// <summary>Gets the bytes of the file that hold the header and whole groups.</summary>
    public long Length { get; private set; }

    /// <summary>Gets whether a failure left the file in a state nobody knows; it takes no more groups.</summary>
    public bool IsBroken => _broken is not null;

    /// <summary>Gets whether the file ends with its last group, and all of it is durable.</summary>
    public bool IsWhole => _durableEnd == Length && !_isCut && _roomEnd <= Length;

    /// <summary>Creates a file that holds a header, durably, its name included.</summary>
    public static GroupWriter Create(IFileSystem files, string path, ulong magic, int version, ulong number)
    {
        IFile file = files.Open(path, FileOpenMode.Create);
        try
        {
            WriteFileHeader(file, magic, version, number);
            files.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
            return new GroupWriter(file, number, FileHeader.PageBytes, previousChecksum: 0);
        }
        catch
        {
            file.Dispose();
            TryDelete(files, path);
            throw;
        }
    }

    /// <summary>Goes on with a file that was read to its end.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="number">Its number.</param>
    /// <param name="end">Where its groups end, as the reader found; the caller has made all before it durable.</param>
    public static GroupWriter Resume(IFileSystem files, string path, ulong number, GroupEnd end) =>
        new(files.Open(path, FileOpenMode.ReadWrite), number, end.Offset, end.Checksum);

    /// <summary>Writes a file header and syncs the file.</summary>
    public static void WriteFileHeader(IFile file, ulong magic, int version, ulong number)
    {
        Span<byte> page = stackalloc byte[FileHeader.PageBytes];
        FileHeader.Write(page, magic, version, number);
        file.WriteAt(page, 0);
        file.Sync();
    }

    /// <summary>Prepares for groups that are each synced at once: past the system's cache where that can be, and small ones into room made ahead.</summary>
    /// <remarks>
    /// A sync of bytes that stood in the file before need not write where the file's blocks are, which takes as long again.
    /// A reader knows the room, and takes it for the file's end.
    /// </remarks>
    /// <param name="roomBytes">The room, a multiple of the page.</param>
    public void SyncEach(int roomBytes)
    {
        _roomBytes = roomBytes;
        _file.TryBypassCache();
    }

    /// <summary>Cuts off the room that was made ahead and is not used; durable with the next <see cref="Sync"/>.</summary>
    /// <returns>Whether there was any.</returns>
    public bool CutRoom()
    {
        ThrowIfBroken();
        if (_roomEnd <= Length)
        {
            return false;
        }

        _file.SetLength(Length);
        _roomEnd = Length;

        // The file is shorter than what was last synced.
        _isCut = true;
        return true;
    }

    /// <summary>Writes a group; it is not durable before <see cref="Sync"/>.</summary>
    /// <remarks>On failure the file is cut back, and the group was not written; where even that fails, <see cref="IsBroken"/>.</remarks>
    public void Append(ulong first, ulong last, ReadOnlySpan<byte> payload) => AppendGroup(isSeal: false, first, last, payload);

    /// <summary>Syncs, and writes at the end that all before it is durable, so that a later reader need not doubt the last group.</summary>
    public void Seal()
    {
        CutRoom();
        Sync();
        if (Length > Math.Max(_sealEnd, FileHeader.PageBytes))
        {
            AppendGroup(isSeal: true, 0, 0, []);
            Sync();
            _sealEnd = Length;
        }
    }

    /// <summary>Makes every group durable. After a failure the file is broken for good, and is not synced again.</summary>
    /// <remarks>
    /// The system may have dropped what it could not write and taken it for clean: a second sync that succeeds would prove nothing.
    /// </remarks>
    public void Sync()
    {
        ThrowIfBroken();
        if (_durableEnd == Length && !_isCut)
        {
            return;
        }

        try
        {
            _file.Sync();
        }
        catch (Exception e)
        {
            _broken = $"syncing it failed ({e.Message})";
            throw;
        }

        _durableEnd = Length;
        _isCut = false;
    }

    /// <summary>Takes no more groups from here on.</summary>
    /// <param name="reason">What happened, to follow "since".</param>
    public void Break(string reason) => _broken ??= reason;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void AppendGroup(bool isSeal, ulong first, ulong last, ReadOnlySpan<byte> payload)
    {
        ThrowIfBroken();
        if (payload.Length > GroupFormat.MaxPayloadBytes)
        {
            throw new ArgumentException($"The batch takes {payload.Length} bytes, and a group takes {GroupFormat.MaxPayloadBytes}. Write it in smaller batches.", nameof(payload));
        }

        long seed = GroupFormat.Seed(_number, Length);
        long totalBytes = GroupFormat.TotalBytes(payload.Length);
        int paddingBytes = (int)(totalBytes - GroupFormat.HeaderBytes - payload.Length);
        var header = new GroupHeader(isSeal, payload.Length, first, last, _durableEnd, _previousChecksum, HashOf(payload, paddingBytes, seed));
        try
        {
            if (!isSeal)
            {
                MakeRoom(totalBytes);
            }

            _previousChecksum = Write(header, payload, totalBytes, seed);
            Length += totalBytes;
        }
        catch (Exception e)
        {
            CutBack(e);
            throw;
        }
    }

    internal static void TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (IOException)
        {
            // It is a leftover that the next opening finds and removes; the first error says more.
        }
    }

    private static ulong HashOf(ReadOnlySpan<byte> payload, int paddingBytes, long seed)
    {
        Span<byte> padding = stackalloc byte[FileHeader.PageBytes];
        padding.Clear();
        var hash = new XxHash3(seed);
        hash.Append(payload);
        hash.Append(padding[..paddingBytes]);
        return hash.GetCurrentHashAsUInt64();
    }

    // Only for small groups: a large one's own bytes take longer than the file's growth, and the room would come on top.
    private void MakeRoom(long totalBytes)
    {
        if (totalBytes > _roomBytes / SmallGroupsInRoom || Length + totalBytes <= _roomEnd)
        {
            return;
        }

        byte[] room = ArrayPool<byte>.Shared.Rent(_roomBytes);
        try
        {
            for (int page = 0; page < _roomBytes; page += FileHeader.PageBytes)
            {
                GroupFormat.FillRoom(room.AsSpan(page, FileHeader.PageBytes), _number, Length + page);
            }

            _file.WriteAt(room.AsSpan(0, _roomBytes), Length);
            _roomEnd = Length + _roomBytes;
        }
        catch (IOException e) when (DiskSpace.IsExhausted(e))
        {
            // The group itself may fit where the room does not: this log does without from here on.
            _roomBytes = 0;
            _file.SetLength(Length);
            _roomEnd = Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private ulong Write(in GroupHeader header, ReadOnlySpan<byte> payload, long totalBytes, long seed)
    {
        byte[] slice = ArrayPool<byte>.Shared.Rent((int)Math.Min(totalBytes, SliceBytes));
        try
        {
            ulong checksum = GroupFormat.WriteHeader(slice, header, seed);
            int filled = GroupFormat.HeaderBytes;
            for (long written = 0; written < totalBytes;)
            {
                int sliceBytes = (int)Math.Min(totalBytes - written, SliceBytes);
                int count = Math.Min(payload.Length, sliceBytes - filled);
                payload[..count].CopyTo(slice.AsSpan(filled));
                payload = payload[count..];
                slice.AsSpan(filled + count, sliceBytes - filled - count).Clear();
                _file.WriteAt(slice.AsSpan(0, sliceBytes), Length + written);
                written += sliceBytes;
                filled = 0;
            }

            return checksum;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slice);
        }
    }

    private void CutBack(Exception cause)
    {
        try
        {
            // Synced, because half a group may have reached the disk: a next log is not to find it at the end of this one.
            _file.SetLength(Length);
            _roomEnd = Length;
            _file.Sync();
            _durableEnd = Length;
            _isCut = false;
        }
        catch (IOException e)
        {
            _broken = $"a write failed ({cause.Message}) and so did cutting it back ({e.Message})";
        }
    }

    private void ThrowIfBroken()
    {
        if (_broken is not null)
        {
            throw new HeliosException($"'{_file.Path}' takes no more writes since {_broken}. Close the database and open it again: it recovers to the last commit that was made durable.");
        }
    }
}
