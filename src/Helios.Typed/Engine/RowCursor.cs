using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of one source, one at a time; for one thread.</summary>
/// <remarks>What cannot be read is reported with its file and place, by whoever makes a value of the bytes: <see cref="Damaged"/>.</remarks>
internal abstract class RowCursor(RowSource rows, TableSchema schema) : IDisposable
{
    private byte[] _keyCell = [];

    /// <summary>Gets the ordinal of the row that it stands on.</summary>
    protected int Ordinal { get; private set; }

    /// <summary>Goes to a row.</summary>
    /// <param name="ordinal">The row's ordinal.</param>
    public void MoveTo(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, rows.RowCount);
        Ordinal = ordinal;
    }

    /// <summary>Gets the row's key as ordered bytes; valid until the next move.</summary>
    public ReadOnlySpan<byte> Key => rows.KeyOf(Ordinal);

    /// <summary>Reads the row's key.</summary>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public HeliosKey ReadKey() => rows.ReadKey(Ordinal, schema);

    /// <summary>Gets the row's blob; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>Finds a cell by the column's stable id, from a column section where there is one, else from the row.</summary>
    /// <param name="columnId">The column; also the key's, whose cell is made of the key, and a vector's, whose cell is its elements.</param>
    /// <param name="cell">The cell; valid until the next call.</param>
    /// <returns>False where the row has no value there; one written without a column that takes no null has its default.</returns>
    /// <exception cref="HeliosCorruptionException">The row is not what was written.</exception>
    public bool TryGetCell(int columnId, out ReadOnlySpan<byte> cell)
    {
        try
        {
            return TryGetStoredCell(columnId, out cell) || schema.TryGetMissing(columnId, out cell);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <summary>Finds a vector's elements by its column's place in <see cref="TableSchema.VectorColumns"/>.</summary>
    /// <param name="vectorIndex">The column.</param>
    /// <param name="vector">The elements' bytes; valid until the next call.</param>
    /// <returns>False where the row has none.</returns>
    public abstract bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector);

    /// <summary>Makes a decoder of the row, which keeps a copy of all it needs: it outlives the cursor and the snapshot.</summary>
    /// <exception cref="HeliosCorruptionException">The row is not what was written.</exception>
    public RowDecoder Decode()
    {
        HeliosKey key = rows.ReadKey(Ordinal, schema);
        try
        {
            RowView.Require(Row);
            return new RowDecoder(schema, key, Row.ToArray(), CopiedVectors.Of(this, schema), rows.PlaceOfRows);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <summary>Makes the error of a row of which a value cannot be made; it says where the row stands.</summary>
    public HeliosException Damaged(InvalidDataException error) =>
        rows.PlaceOfRows.Damaged($"Row {Ordinal} of table '{schema.Stored.Name}'", error);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Finds a cell that the row was written with.</summary>
    /// <exception cref="InvalidDataException">The row is malformed.</exception>
    protected abstract bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell);

    /// <summary>Finds the cell of the key or of a vector, which are in no row.</summary>
    protected bool TryGetCellBesideRow(int columnId, out ReadOnlySpan<byte> cell)
    {
        if (columnId == schema.Stored.Key.Id)
        {
            cell = rows.KeyCellOf(Ordinal, schema, ref _keyCell);
            return true;
        }

        for (int i = 0; i < schema.VectorColumns.Count; i++)
        {
            if (schema.VectorColumns[i].Id == columnId)
            {
                return TryGetVector(i, out cell);
            }
        }

        cell = default;
        return false;
    }
}
