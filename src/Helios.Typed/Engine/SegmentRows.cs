using System.Buffers.Binary;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Finds the rows of a segment in their blocks.</summary>
internal sealed class SegmentRows
{
    private readonly SegmentContents _contents;
    private readonly Section _blocks;
    private readonly PagedSection _starts;

    /// <summary>Finds the sections of the rows.</summary>
    /// <exception cref="HeliosCorruptionException">They are missing, or do not fit each other.</exception>
    public SegmentRows(SegmentContents contents)
    {
        _contents = contents;
        _blocks = contents.Require(SegmentSections.RowBlocks, 0);
        _starts = contents.Paged(contents.Require(SegmentSections.RowStarts, 0, _blocks.Units * sizeof(uint)));
    }

    /// <summary>Gets the section of the rows.</summary>
    public Section Blocks => _blocks;

    /// <summary>Finds the block of a row.</summary>
    /// <param name="ordinal">The row.</param>
    /// <returns>The block's number, its first row, and the first row after it.</returns>
    /// <exception cref="HeliosCorruptionException">No block holds it.</exception>
    public (int Block, int First, int Next) FindBlock(int ordinal)
    {
        int low = 0;
        int high = (int)_blocks.Units;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (StartOf(middle) <= (uint)ordinal)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        // The block before the first that starts behind the row.
        int block = low - 1;
        uint first = block >= 0 ? StartOf(block) : uint.MaxValue;
        uint next = low < _blocks.Units ? StartOf(low) : (uint)_contents.Rows;
        return first <= (uint)ordinal && (uint)ordinal < next && next <= (uint)_contents.Rows
            ? (block, (int)first, (int)next)
            : throw SegmentContents.Damaged(_contents.Reader, $"row {ordinal} of {_contents.Rows} is in no row block: block {block} goes from row {first} to {next}", _starts.Section);
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
            : throw SegmentContents.Damaged(_contents.Reader, $"row block {block} does not hold the {rows} rows that it should", _blocks);
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
            : throw SegmentContents.Damaged(_contents.Reader, $"a row from {start} to {end} does not fit a block of {bytes.Length} bytes", _blocks);
    }

    private uint StartOf(int block) => BinaryPrimitives.ReadUInt32LittleEndian(_starts.Slice((long)block * sizeof(uint), sizeof(uint)));
}
