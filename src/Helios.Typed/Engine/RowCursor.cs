using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Reads the rows of one source, one at a time; for one thread.</summary>
internal abstract class RowCursor : IDisposable
{
    /// <summary>Goes to a row.</summary>
    /// <param name="ordinal">The row's ordinal.</param>
    public abstract void MoveTo(int ordinal);

    /// <summary>Gets the row's key as ordered bytes; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>Finds a cell by the column's stable id, from a column section where there is one, else from the row.</summary>
    /// <param name="columnId">The column; also the key's, whose cell is made of the key.</param>
    /// <param name="cell">The cell; valid until the next call.</param>
    /// <returns>False where the row has no value there.</returns>
    public abstract bool TryGetCell(int columnId, out ReadOnlySpan<byte> cell);

    /// <summary>Makes a decoder of the row, which keeps what it needs beyond the next move.</summary>
    public abstract RowDecoder Decode();

    /// <inheritdoc/>
    public abstract void Dispose();
}
