using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of a segment: columns and keys from memory, rows by position, a block at a time.</summary>
internal sealed class SegmentCursor(Segment segment, TableSchema schema) : RowCursor(segment, schema)
{
    private readonly Segment _segment = segment;
    private int _blockFirst;
    private int _blockNext;
    private ReadOnlyMemory<byte> _block;
    private byte[] _blockBuffer = [];
    private byte[] _vectorBuffer = [];

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Row
    {
        get
        {
            if (Ordinal < _blockFirst || Ordinal >= _blockNext)
            {
                ReadBlock();
            }

            return _segment.Rows.RowOf(_block.Span, _blockNext - _blockFirst, Ordinal - _blockFirst);
        }
    }

    /// <inheritdoc/>
    public override bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector) =>
        _segment.TryReadVector(vectorIndex, Ordinal, ref _vectorBuffer, out vector);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell)
    {
        if (_segment.TryGetColumn(columnId, out SegmentColumn? column))
        {
            cell = default;
            return column is not null && column.TryGetCell(Ordinal, out cell);
        }

        return TryGetCellBesideRow(columnId, out cell) || new RowView(Row).TryGetCell(columnId, out cell);
    }

    private void ReadBlock()
    {
        (int block, int first, int next) = _segment.Rows.FindBlock(Ordinal);

        // Nothing is current while the buffer changes: a failed read must not leave half of another block.
        (_blockFirst, _blockNext) = (0, 0);
        _block = _segment.Rows.ReadBlock(block, next - first, ref _blockBuffer);
        (_blockFirst, _blockNext) = (first, next);
    }
}
