using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the filter of a segment's keys, read by pages: one for each question, where it is not in memory.</summary>
internal sealed class KeyFilter
{
    private readonly PagedSection _blocks;
    private readonly int _count;

    private KeyFilter(SegmentContents contents)
    {
        _count = KeyFilterFormat.BlocksFor(contents.Rows);
        _blocks = contents.Paged(contents.Require(SegmentSections.KeyFilter, 0, (long)_count * KeyFilterFormat.BlockBytes), KeyFilterFormat.UnitBytes);
    }

    /// <summary>Gets the section.</summary>
    public Section Section => _blocks.Section;

    /// <summary>Finds the filter, or gives null where the file has none: then each key may be there.</summary>
    /// <exception cref="HeliosCorruptionException">It is not as long as the rows want.</exception>
    public static KeyFilter? Find(SegmentContents contents) =>
        contents.TryFind(SegmentSections.KeyFilter, 0, out _) ? new KeyFilter(contents) : null;

    /// <summary>Says whether a key may be there; false is certain.</summary>
    /// <exception cref="HeliosCorruptionException">The filter is not what was written.</exception>
    public bool MayHold(ReadOnlySpan<byte> key)
    {
        ulong hash = KeyFilterFormat.HashOf(key);
        return KeyFilterFormat.MayHold(_blocks.Slice((long)KeyFilterFormat.BlockOf(hash, _count) * KeyFilterFormat.BlockBytes, KeyFilterFormat.BlockBytes), hash);
    }
}
