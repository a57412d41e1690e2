using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Fits the vectors of rows written by an older shape of a table to its present one.</summary>
/// <remarks>Vector columns are only ever added, at the end; a row that was written without one has none.</remarks>
/// <param name="schema">The table as its memtable has it.</param>
internal sealed class PaddedVectors(TableSchema schema) : IDisposable
{
    private readonly int[] _vectorBytes = [.. schema.VectorColumns.Select(BytesOf)];
    private readonly ByteWriter _padded = new();

    /// <summary>Gives the vectors with the missing columns; valid until the next call.</summary>
    /// <exception cref="InvalidDataException">They are not vectors of the table.</exception>
    public ReadOnlySpan<byte> Pad(ReadOnlySpan<byte> vectors)
    {
        int columns = CountColumns(vectors);
        if (columns == _vectorBytes.Length)
        {
            return vectors;
        }

        _padded.Clear();
        _padded.Write(vectors);
        _padded.Take(_vectorBytes.Length - columns).Clear();
        return _padded.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose() => _padded.Dispose();

    private int CountColumns(ReadOnlySpan<byte> vectors)
    {
        int at = 0;
        int columns = 0;
        while (at < vectors.Length && columns < _vectorBytes.Length)
        {
            at += vectors[at] != 0 ? 1 + _vectorBytes[columns] : 1;
            columns++;
        }

        return at == vectors.Length
            ? columns
            : throw new InvalidDataException($"{vectors.Length} bytes are not the vectors of a row of table '{schema.Stored.Name}'");
    }

    private static int BytesOf(ColumnShape column) =>
        column.Vector!.Dimensions * (column.Type == ColumnType.HalfVector ? sizeof(ushort) : sizeof(float));
}
