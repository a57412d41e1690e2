using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of a segment: columns and keys from memory, rows by position, a block at a time.</summary>
internal sealed class SegmentCursor(Segment segment, TableSchema schema) : RowCursor(schema)
{
    private int _ordinal;
    private int _blockFirst;
    private int _blockNext;
    private ReadOnlyMemory<byte> _block;
    private byte[] _blockBuffer = [];
    private byte[] _vectorBuffer = [];

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Key => segment.KeyOf(_ordinal);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Row
    {
        get
        {
            if (_ordinal < _blockFirst || _ordinal >= _blockNext)
            {
                ReadBlock();
            }

            return segment.Rows.RowOf(_block.Span, _blockNext - _blockFirst, _ordinal - _blockFirst);
        }
    }

    /// <inheritdoc/>
    public override void MoveTo(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, segment.RowCount);
        _ordinal = ordinal;
    }

    /// <inheritdoc/>
    public override bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector) =>
        segment.TryReadVector(vectorIndex, _ordinal, ref _vectorBuffer, out vector);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell)
    {
        if (segment.TryGetColumn(columnId, out SegmentColumn? column))
        {
            cell = default;
            return column is not null && column.TryGetCell(_ordinal, out cell);
        }

        try
        {
            return TryGetCellBesideRow(columnId, out cell) || new RowView(Row).TryGetCell(columnId, out cell);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <inheritdoc/>
    protected override HeliosException Damaged(InvalidDataException error) =>
        (HeliosException?)UnknownVersion.In(error, segment.Reader.Path) ?? SegmentContents.Damaged(segment.Reader, $"row {_ordinal} cannot be read: {error.Message}", segment.Rows.Blocks);

    private void ReadBlock()
    {
        (int block, int first, int next) = segment.Rows.FindBlock(_ordinal);

        // Nothing is current while the buffer changes: a failed read must not leave half of another block.
        (_blockFirst, _blockNext) = (0, 0);
        _block = segment.Rows.ReadBlock(block, next - first, ref _blockBuffer);
        (_blockFirst, _blockNext) = (first, next);
    }
}
