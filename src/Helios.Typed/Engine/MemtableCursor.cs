using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of a memtable where they lie.</summary>
internal sealed class MemtableCursor(Memtable rows, TableSchema schema) : RowCursor(rows, schema)
{
    private readonly Memtable _rows = rows;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Row => _rows.RowOf(Ordinal);

    /// <inheritdoc/>
    public override bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector) =>
        _rows.TryGetVector(Ordinal, vectorIndex, out vector);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell) =>
        new RowView(Row).TryGetCell(columnId, out cell) || TryGetCellBesideRow(columnId, out cell);
}
