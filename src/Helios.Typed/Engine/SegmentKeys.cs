using System.Buffers.Binary;
using Helios.Typed.Records;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the keys of a segment, in order, with the filter that says which are not among them; read by pages.</summary>
internal sealed class SegmentKeys
{
    private readonly SegmentReader _reader;
    private readonly int _rows;
    private readonly int _width;
    private readonly PagedSection _bytes;
    private readonly PagedSection? _ends;
    private readonly KeyFilter? _filter;

    /// <summary>Finds the sections of the keys.</summary>
    /// <exception cref="HeliosCorruptionException">They are missing, or not as long as the rows want.</exception>
    public SegmentKeys(SegmentContents contents)
    {
        _reader = contents.Reader;
        _rows = contents.Rows;
        _width = ScalarCodec.WidthOf(contents.KeyType);
        Section bytes = contents.Require(SegmentSections.KeyBytes, 0, _width > 0 ? (long)_width * _rows : -1);
        _bytes = contents.Paged(bytes);
        if (_width == 0)
        {
            _ends = contents.Paged(contents.Require(SegmentSections.KeyEnds, 0, (long)sizeof(long) * _rows));
        }

        _filter = KeyFilter.Find(contents);
    }

    /// <summary>Gives the key of a row.</summary>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public ReadOnlySpan<byte> KeyOf(int ordinal)
    {
        if (_ends is null)
        {
            return _bytes.Slice((long)ordinal * _width, _width);
        }

        long start = ordinal == 0 ? 0 : EndOf(ordinal - 1);
        long end = EndOf(ordinal);
        return start >= 0 && start <= end && end <= _bytes.Bytes && end - start <= int.MaxValue
            ? _bytes.Slice(start, (int)(end - start))
            : throw SegmentContents.Damaged(_reader, $"the key of row {ordinal} stands from {start} to {end}, and there are {_bytes.Bytes} bytes of keys", _ends.Section, (long)ordinal * sizeof(long));
    }

    /// <summary>Says whether a key may be among them; false is certain, and reads no key.</summary>
    /// <exception cref="HeliosCorruptionException">The filter is not what was written.</exception>
    public bool MayHold(ReadOnlySpan<byte> key) => _filter is null || _filter.MayHold(key);

    /// <summary>Finds the first row of a key: its newest version. Where there is none, the row that would follow.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _rows;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (KeyOf(middle).SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Gets the section of the keys' bytes.</summary>
    public Section Section => _bytes.Section;

    private long EndOf(int ordinal) => BinaryPrimitives.ReadInt64LittleEndian(_ends!.Slice((long)ordinal * sizeof(long), sizeof(long)));
}
