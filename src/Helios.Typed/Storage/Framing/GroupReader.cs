using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Framing;

/// <summary>Reads the groups of a file in order, and tells the torn tail that an interrupted write leaves from damage.</summary>
/// <remarks>
/// Reading stops at the first group that is not whole. Where a later group names a durable end beyond it, that group had been
/// made durable, so it was damaged since. Where none does, nothing says that it was ever acknowledged: it is the tail that a
/// power loss leaves, and is cut off.
/// </remarks>
internal sealed class GroupReader(IFile file, ulong number)
{
    private const int ScanBytes = 1 << 20;

    private byte[] _payload = [];

    /// <summary>Takes one whole, verified group.</summary>
    internal delegate void Handler(long offset, ulong first, ulong last, ReadOnlySpan<byte> payload);

    /// <summary>Reads every group after the file's header, which has been checked.</summary>
    /// <param name="durableEnd">Where the file is known durable up to, whatever it says: damage before it is never a tail.</param>
    /// <param name="mayBeTorn">Whether the file may end in a torn tail; if not, any damage is corruption.</param>
    /// <param name="handler">Takes each group.</param>
    /// <returns>Where the whole groups end; what follows is a torn tail, for the caller to cut.</returns>
    /// <exception cref="HeliosCorruptionException">There is damage that no interrupted write explains.</exception>
    public GroupEnd Read(long durableEnd, bool mayBeTorn, Handler handler)
    {
        long fileBytes = file.Length;
        GroupEnd end = GroupEnd.Start;
        long tailEnd = fileBytes;
        while (end.Offset < fileBytes)
        {
            Damage? damage = ReadGroup(end, fileBytes, handler, out GroupEnd next);
            if (damage is not null)
            {
                if (!mayBeTorn || end.Offset < durableEnd)
                {
                    throw Corruption.At(file.Path, end.Offset, damage.What);
                }

                tailEnd = FindTailEnd(end.Offset, fileBytes);
                if (tailEnd > end.Offset)
                {
                    ThrowIfProvenDurable(end.Offset, damage, tailEnd);
                    ThrowIfMisplaced(end.Offset, fileBytes);
                }

                break;
            }

            end = next;
        }

        return end.Offset >= durableEnd
            ? end with { TailEnd = tailEnd }
            : throw Corruption.At(file.Path, end.Offset, $"the file ends here, and held at least {durableEnd} bytes");
    }

    /// <summary>Reads one group, of which the caller knows that it is whole where there is one.</summary>
    /// <param name="end">The end of the group before; moved on where one was read.</param>
    /// <param name="handler">Takes the group.</param>
    /// <returns>False where the file ends.</returns>
    /// <exception cref="HeliosCorruptionException">It is not whole.</exception>
    public bool TryReadNext(ref GroupEnd end, Handler handler)
    {
        long fileBytes = file.Length;
        if (end.Offset >= fileBytes)
        {
            return false;
        }

        Damage? damage = ReadGroup(end, fileBytes, handler, out GroupEnd next);
        end = damage is null ? next : throw Corruption.At(file.Path, end.Offset, damage.What);
        return true;
    }

    private Damage? ReadGroup(GroupEnd end, long fileBytes, Handler handler, out GroupEnd next)
    {
        next = end;
        long offset = end.Offset;
        long seed = GroupFormat.Seed(number, offset);
        Span<byte> headerBytes = stackalloc byte[GroupFormat.HeaderBytes];
        int read = file.Read(headerBytes, offset);
        if (!GroupFormat.TryReadHeader(headerBytes[..read], seed, out GroupHeader header, out ulong checksum))
        {
            return new Damage("no whole group header stands here", offset + FileHeader.PageBytes);
        }

        long totalBytes = GroupFormat.TotalBytes(header.PayloadBytes);
        long nextEnd = offset + totalBytes;
        GroupEnd after = header.IsSeal
            ? end with { Offset = nextEnd, Checksum = checksum, DurableEnd = header.DurableEnd }
            : new GroupEnd(nextEnd, checksum, end.Groups + 1, nextEnd, header.DurableEnd);
        if (header.PreviousChecksum != end.Checksum || header.DurableEnd > offset || header.DurableEnd < end.DurableEnd || header.First > header.Last)
        {
            return new Damage("the group here does not follow the one before it", after.Offset);
        }

        if (totalBytes > fileBytes - offset)
        {
            return new Damage($"the group here takes {totalBytes} bytes and the file ends after {fileBytes - offset}", after.Offset);
        }

        int bodyBytes = (int)(totalBytes - GroupFormat.HeaderBytes);
        Span<byte> body = Body(bodyBytes);
        if (file.Read(body, offset + GroupFormat.HeaderBytes) < bodyBytes)
        {
            return new Damage("the file ended while the group here was read", after.Offset);
        }

        ulong found = XxHash3.HashToUInt64(body, seed);
        if (found != header.PayloadChecksum)
        {
            return new Damage($"the group here has checksum {found:X16}, expected {header.PayloadChecksum:X16}", after.Offset);
        }

        if (!header.IsSeal)
        {
            handler(offset, header.First, header.Last, body[..header.PayloadBytes]);
        }

        next = after;
        return null;
    }

    private long FindTailEnd(long offset, long fileBytes)
    {
        byte[] slice = ArrayPool<byte>.Shared.Rent(ScanBytes);
        try
        {
            long tailEnd = offset;
            for (long start = offset; start < fileBytes; start += ScanBytes)
            {
                ReadOnlySpan<byte> read = slice.AsSpan(0, file.Read(slice.AsSpan(0, ScanBytes), start));
                for (int i = 0; i < read.Length; i += FileHeader.PageBytes)
                {
                    ReadOnlySpan<byte> page = read[i..Math.Min(i + FileHeader.PageBytes, read.Length)];
                    tailEnd = GroupFormat.IsRoom(page, number, start + i) ? tailEnd : start + i + page.Length;
                }
            }

            return tailEnd;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slice);
        }
    }

    // A header is enough of a witness: its checksum holds, and it was written only after the sync that it tells of.
    private void ThrowIfProvenDurable(long damagedAt, Damage damage, long fileBytes)
    {
        byte[] slice = ArrayPool<byte>.Shared.Rent(ScanBytes);
        try
        {
            for (long start = damage.ScanFrom; start < fileBytes; start += ScanBytes)
            {
                ReadOnlySpan<byte> read = slice.AsSpan(0, file.Read(slice.AsSpan(0, ScanBytes), start));
                for (int i = 0; i + GroupFormat.HeaderBytes <= read.Length; i += FileHeader.PageBytes)
                {
                    ReadOnlySpan<byte> candidate = read.Slice(i, GroupFormat.HeaderBytes);
                    if (BinaryPrimitives.ReadUInt32LittleEndian(candidate) == GroupFormat.Magic
                        && GroupFormat.TryReadHeader(candidate, GroupFormat.Seed(number, start + i), out GroupHeader witness, out _)
                        && witness.DurableEnd > damagedAt)
                    {
                        throw Corruption.At(file.Path, damagedAt, $"{damage.What}, and the group at {start + i} says that all before {witness.DurableEnd} was durable");
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slice);
        }
    }

    // No interrupted write leaves a whole header of another place: the device wrote it here, over what stood here before.
    private void ThrowIfMisplaced(long offset, long fileBytes)
    {
        Span<byte> header = stackalloc byte[GroupFormat.HeaderBytes];
        if (file.Read(header, offset) < header.Length || BinaryPrimitives.ReadUInt32LittleEndian(header) != GroupFormat.Magic)
        {
            return;
        }

        for (long other = FileHeader.PageBytes; other < fileBytes; other += FileHeader.PageBytes)
        {
            if (other != offset && GroupFormat.TryReadHeader(header, GroupFormat.Seed(number, other), out _, out _))
            {
                throw Corruption.At(file.Path, offset, $"the group that belongs at {other} stands here");
            }
        }
    }

    private Span<byte> Body(int bytes)
    {
        if (_payload.Length < bytes)
        {
            _payload = GC.AllocateUninitializedArray<byte>(bytes);
        }

        return _payload.AsSpan(0, bytes);
    }

    private sealed record Damage(string What, long ScanFrom);
}

/// <summary>Says where the groups of a file end.</summary>
/// <param name="Offset">The end of the last whole group.</param>
/// <param name="Checksum">Its header checksum, which the next group names; 0 where there is none.</param>
/// <param name="Groups">How many there are, seals apart.</param>
/// <param name="DataEnd">The end of the last group that is no seal.</param>
/// <param name="DurableEnd">The furthest that any group proves durable.</param>
internal readonly record struct GroupEnd(long Offset, ulong Checksum, long Groups, long DataEnd, long DurableEnd)
{
    /// <summary>Gets where what stands behind the groups ends, once the file was read to its end: beyond it is room that the writer made ahead.</summary>
    public long TailEnd { get; init; }

    /// <summary>Gets the end of a file that has no group.</summary>
    public static GroupEnd Start { get; } = new(FileHeader.PageBytes, 0, 0, FileHeader.PageBytes, FileHeader.PageBytes);
}
