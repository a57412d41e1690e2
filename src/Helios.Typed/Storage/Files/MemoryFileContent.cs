namespace Helios.Typed.Storage.Files;

/// <summary>Holds the bytes of a file in memory, of any size.</summary>
/// <remarks>
/// Pages that appear as they are written. One writer at a time; readers take no lock: the length is published after the bytes
/// below it, and a page, once there, stays.
/// </remarks>
internal sealed class MemoryFileContent
{
    private const int PageBytes = 1 << 16;

    private readonly Lock _writing = new();
    private byte[]?[] _pages = [];
    private long _length;

    /// <summary>Gets the length in bytes.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        int total = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        byte[]?[] pages = Volatile.Read(ref _pages);
        for (int done = 0; done < total;)
        {
            (int page, int within) = Place(offset + done);
            Span<byte> part = buffer.Slice(done, Math.Min(total - done, PageBytes - within));
            if (pages.Length > page && Volatile.Read(ref pages[page]) is { } bytes)
            {
                bytes.AsSpan(within, part.Length).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += part.Length;
        }

        return total;
    }

    /// <summary>Writes all of the bytes, growing the file where needed.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        lock (_writing)
        {
            long end = checked(offset + bytes.Length);
            Reserve(end);
            for (int done = 0; done < bytes.Length;)
            {
                (int page, int within) = Place(offset + done);
                int count = Math.Min(bytes.Length - done, PageBytes - within);
                byte[] target = _pages[page] ?? new byte[PageBytes];
                bytes.Slice(done, count).CopyTo(target.AsSpan(within));
                Volatile.Write(ref _pages[page], target);
                done += count;
            }

            // A write of nothing leaves the length as it is, also beyond the end.
            if (bytes.Length > 0 && end > _length)
            {
                Volatile.Write(ref _length, end);
            }
        }
    }

    /// <summary>Cuts the file, or grows it with zeros.</summary>
    public void SetLength(long length)
    {
        lock (_writing)
        {
            if (length < _length)
            {
                Volatile.Write(ref _length, length);
                (int page, int within) = Place(length);

                // What was cut off must read as zeros when the file grows again.
                for (int i = page; i < _pages.Length; i++)
                {
                    if (i > page || within == 0)
                    {
                        _pages[i] = null;
                    }
                    else
                    {
                        _pages[i]?.AsSpan(within).Clear();
                    }
                }
            }
            else
            {
                Reserve(length);
                Volatile.Write(ref _length, length);
            }
        }
    }

    private static (int Page, int Within) Place(long offset) => ((int)(offset / PageBytes), (int)(offset % PageBytes));

    private void Reserve(long length)
    {
        long pages = (length + PageBytes - 1) / PageBytes;
        if (pages > Array.MaxLength)
        {
            throw new IOException($"A file in memory cannot take {length} bytes.");
        }

        if (pages > _pages.Length)
        {
            byte[]?[] grown = new byte[]?[Math.Min(Math.Max(pages, 2L * _pages.Length), Array.MaxLength)];
            _pages.CopyTo(grown, 0);
            Volatile.Write(ref _pages, grown);
        }
    }
}
