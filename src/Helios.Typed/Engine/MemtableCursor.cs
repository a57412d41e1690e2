using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of a memtable where they lie.</summary>
internal sealed class MemtableCursor(Memtable rows, TableSchema schema) : RowCursor(schema)
{
    private int _ordinal;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Key => rows.KeyOf(_ordinal);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Row => rows.RowOf(_ordinal);

    /// <inheritdoc/>
    public override void MoveTo(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, rows.RowCount);
        _ordinal = ordinal;
    }

    /// <inheritdoc/>
    public override bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector) =>
        rows.TryGetVector(_ordinal, vectorIndex, out vector);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell) =>
        new RowView(Row).TryGetCell(columnId, out cell) || TryGetCellBesideRow(columnId, out cell);

    /// <inheritdoc/>
    protected override HeliosException Damaged(InvalidDataException error) =>
        new($"Row {_ordinal} in memory of table '{Schema.Stored.Name}' cannot be read: {error.Message}.", error);
}
