using System.Numerics;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is a section of a file that is read page by page, verified, as values in it are asked for.</summary>
/// <remarks>
/// A page is a unit of the section, 64 KiB where nothing else is said, on the managed heap: what was handed out stays whole for as long as somebody has it,
/// also when the cache has let the page go. So reading a value takes no lock and no count. Thread-safe.
/// </remarks>
internal sealed class PagedSection
{
    private readonly SegmentReader _reader;
    private readonly Section _section;
    private readonly PageCache _cache;
    private readonly byte[]?[] _pages;
    private readonly bool[] _touched;
    private readonly int _pageBits;

    /// <summary>Names a section; nothing is read.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="section">The section.</param>
    /// <param name="cache">Keeps its pages.</param>
    /// <param name="pageBytes">The bytes of a page, a power of two.</param>
    /// <exception cref="HeliosCorruptionException">It is not cut into pages.</exception>
    public PagedSection(SegmentReader reader, Section section, PageCache cache, int pageBytes)
    {
        if (section.UnitBytes != pageBytes)
        {
            throw SegmentContents.Damaged(reader, $"section {section.Key} has units of {section.UnitBytes} bytes, and should have units of {pageBytes}", section);
        }

        _reader = reader;
        _section = section;
        _cache = cache;
        _pageBits = BitOperations.Log2((uint)pageBytes);
        _pages = new byte[section.Units][];
        _touched = new bool[section.Units];
    }

    /// <summary>Gets the section.</summary>
    public Section Section => _section;

    /// <summary>Gets the bytes of the section.</summary>
    public long Bytes => _section.Bytes;

    /// <summary>Gives a part of the section's bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside.</exception>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        if ((ulong)offset > (ulong)_section.Bytes || (uint)count > (ulong)(_section.Bytes - offset))
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"{count} bytes at {offset} do not lie in a section of {_section.Bytes}.");
        }

        int pageBytes = 1 << _pageBits;
        int page = (int)(offset >> _pageBits);
        int within = (int)offset & (pageBytes - 1);
        return count == 0 ? default
            : within + count <= pageBytes ? PageOf(page).AsSpan(within, count)
            : Join(page, within, count);
    }

    /// <summary>Gives a page that is in memory.</summary>
    internal byte[]? Find(int page) => Volatile.Read(ref _pages[page]);

    /// <summary>Keeps a page, or with null lets it go; under the cache's lock.</summary>
    internal void Set(int page, byte[]? bytes)
    {
        _touched[page] = true;
        Volatile.Write(ref _pages[page], bytes);
    }

    /// <summary>Says whether a page was read since the last time this was asked.</summary>
    internal bool WasTouched(int page)
    {
        bool was = _touched[page];
        _touched[page] = false;
        return was;
    }

    private byte[] PageOf(int page)
    {
        byte[] bytes = Volatile.Read(ref _pages[page]) ?? Read(page);
        if (!_touched[page])
        {
            _touched[page] = true;
        }

        return bytes;
    }

    // A value that spans pages: a long key, or one of a width that does not divide a page.
    private byte[] Join(int page, int within, int count)
    {
        byte[] joined = GC.AllocateUninitializedArray<byte>(count);
        for (int filled = 0; filled < count; page++, within = 0)
        {
            ReadOnlySpan<byte> part = PageOf(page).AsSpan(within);
            part = part[..Math.Min(part.Length, count - filled)];
            part.CopyTo(joined.AsSpan(filled));
            filled += part.Length;
        }

        return joined;
    }

    private byte[] Read(int page)
    {
        byte[] bytes = [];
        return _cache.Keep(this, page, _reader.ReadUnit(_section, page, ref bytes).Length == bytes.Length ? bytes : throw new InvalidOperationException("A unit came with room to spare."));
    }
}
