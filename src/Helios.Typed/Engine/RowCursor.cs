using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of one source, one at a time; for one thread.</summary>
internal abstract class RowCursor(TableSchema schema) : IDisposable
{
    private byte[] _keyCell = [];

    /// <summary>Gets the table as its reader knows it.</summary>
    protected TableSchema Schema => schema;

    /// <summary>Goes to a row.</summary>
    /// <param name="ordinal">The row's ordinal.</param>
    public abstract void MoveTo(int ordinal);

    /// <summary>Gets the row's key as ordered bytes; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>Gets the row's blob; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>Finds a cell by the column's stable id, from a column section where there is one, else from the row.</summary>
    /// <param name="columnId">The column; also the key's, whose cell is made of the key, and a vector's, whose cell is its elements.</param>
    /// <param name="cell">The cell; valid until the next call.</param>
    /// <returns>False where the row has no value there; one written without a column that takes no null has its default.</returns>
    public bool TryGetCell(int columnId, out ReadOnlySpan<byte> cell) =>
        TryGetStoredCell(columnId, out cell) || schema.TryGetMissing(columnId, out cell);

    /// <summary>Finds a vector's elements by its column's place in <see cref="TableSchema.VectorColumns"/>.</summary>
    /// <param name="vectorIndex">The column.</param>
    /// <param name="vector">The elements' bytes; valid until the next call.</param>
    /// <returns>False where the row has none.</returns>
    public abstract bool TryGetVector(int vectorIndex, out ReadOnlySpan<byte> vector);

    /// <summary>Makes a decoder of the row, which keeps a copy of all it needs: it outlives the cursor and the snapshot.</summary>
    public RowDecoder Decode()
    {
        try
        {
            HeliosKey key = KeyCodec.Decode(schema.KeyType, Key);

            // Later only the decoder knows the row, and not its file.
            _ = new RowView(Row);
            return new RowDecoder(schema, key, Row.ToArray(), CopiedVectors.Of(this, schema));
        }
        catch (InvalidDataException error)
        {
            throw Damaged(error);
        }
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Finds a cell that the row was written with.</summary>
    protected abstract bool TryGetStoredCell(int columnId, out ReadOnlySpan<byte> cell);

    /// <summary>Says where the row stands that cannot be read.</summary>
    protected abstract HeliosException Damaged(InvalidDataException error);

    /// <summary>Finds the cell of the key or of a vector, which are in no row.</summary>
    protected bool TryGetCellBesideRow(int columnId, out ReadOnlySpan<byte> cell)
    {
        if (columnId == schema.Stored.Key.Id)
        {
            cell = KeyCodec.CellOf(schema.KeyType, Key, ref _keyCell);
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
