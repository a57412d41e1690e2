using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the keys of a segment, in order; loaded on first use.</summary>
internal sealed class SegmentKeys
{
    private readonly int _rows;
    private readonly int _width;
    private readonly LazySection _bytes;
    private readonly LazySection? _ends;

    /// <summary>Finds the sections of the keys.</summary>
    /// <exception cref="HeliosCorruptionException">They are missing, or not as long as the rows want.</exception>
    public SegmentKeys(SegmentContents contents)
    {
        _rows = contents.Rows;
        _width = ScalarCodec.WidthOf(contents.KeyType);
        Section bytes = contents.Require(SegmentSections.KeyBytes, 0, _width > 0 ? (long)_width * _rows : -1);
        _bytes = contents.Lazy(bytes);
        if (_width == 0)
        {
            Section ends = contents.Require(SegmentSections.KeyEnds, 0, (long)sizeof(long) * _rows);
            _ends = contents.Lazy(ends, loaded => RisingEnds.FindProblem64(loaded, bytes.Bytes));
        }
    }

    /// <summary>Gives the key of a row.</summary>
    public ReadOnlySpan<byte> KeyOf(int ordinal)
    {
        NativeBuffer bytes = _bytes.Get();
        if (_ends is null)
        {
            return bytes.AsSpan<byte>((long)ordinal * _width, _width);
        }

        Span<long> ends = _ends.Get().AsSpan<long>(0, _rows);
        long start = ordinal == 0 ? 0 : ends[ordinal - 1];
        return bytes.AsSpan<byte>(start, (int)(ends[ordinal] - start));
    }

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
}
