using System.Buffers.Binary;
using Helios.Typed.Primitives;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Finds the rows of a segment in their blocks.</summary>
internal sealed class SegmentRows
{
    private readonly SegmentContents _contents;
    private readonly Section _blocks;
    private readonly LazySection _starts;

    /// <summary>Finds the sections of the rows.</summary>
    /// <exception cref="HeliosCorruptionException">They are missing, or do not fit each other.</exception>
    public SegmentRows(SegmentContents contents)
    {
        _contents = contents;
        _blocks = contents.Require(SegmentSections.RowBlocks, 0);
        Section starts = contents.Require(SegmentSections.RowStarts, 0, _blocks.Units * sizeof(uint));
        _starts = contents.Lazy(starts, FindProblem);
    }

    /// <summary>Finds the block of a row.</summary>
    /// <param name="ordinal">The row.</param>
    /// <returns>The block's number, its first row, and the first row after it.</returns>
    public (int Block, int First, int Next) FindBlock(int ordinal)
    {
        Span<uint> starts = _starts.Get().AsSpan<uint>(0, (int)_blocks.Units);
        int found = starts.BinarySearch((uint)ordinal);
        int block = found >= 0 ? found : ~found - 1;
        return (block, (int)starts[block], block + 1 < starts.Length ? (int)starts[block + 1] : _contents.Rows);
    }

    /// <summary>Reads and verifies a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="rows">How many rows it must have.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public ReadOnlyMemory<byte> ReadBlock(int block, int rows, ref byte[] buffer)
    {
        ReadOnlyMemory<byte> bytes = _contents.Reader.ReadUnit(_blocks, block, ref buffer);
        long head = SegmentSections.RowBlockHeaderBytes + ((long)rows * sizeof(uint));
        return bytes.Length >= head && BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) == (uint)rows
            ? bytes
            : throw SegmentContents.Damaged(_contents.Reader, $"row block {block} does not hold the {rows} rows that it should");
    }

    /// <summary>Cuts a row out of its block.</summary>
    /// <param name="block">The block's bytes.</param>
    /// <param name="rows">The rows of the block.</param>
    /// <param name="place">The row's place in it.</param>
    /// <exception cref="HeliosCorruptionException">The ends in the block do not fit.</exception>
    public ReadOnlySpan<byte> RowOf(ReadOnlySpan<byte> block, int rows, int place)
    {
        ReadOnlySpan<byte> ends = block.Slice(SegmentSections.RowBlockHeaderBytes, rows * sizeof(uint));
        ReadOnlySpan<byte> bytes = block[(SegmentSections.RowBlockHeaderBytes + ends.Length)..];
        uint start = place == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(ends[((place - 1) * sizeof(uint))..]);
        uint end = BinaryPrimitives.ReadUInt32LittleEndian(ends[(place * sizeof(uint))..]);
        return start <= end && end <= (uint)bytes.Length
            ? bytes[(int)start..(int)end]
            : throw SegmentContents.Damaged(_contents.Reader, $"a row from {start} to {end} does not fit a block of {bytes.Length} bytes");
    }

    private string? FindProblem(NativeBuffer loaded)
    {
        Span<uint> starts = loaded.AsSpan<uint>(0, (int)_blocks.Units);
        for (int block = 0; block < starts.Length; block++)
        {
            bool fits = block == 0 ? starts[0] == 0 : starts[block] > starts[block - 1];
            if (!fits || starts[block] >= (uint)_contents.Rows)
            {
                return $"row block {block} begins with row {starts[block]} of {_contents.Rows}";
            }
        }

        return starts.IsEmpty ? "it has no row blocks" : null;
    }
}
