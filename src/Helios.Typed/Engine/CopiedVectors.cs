using System.Runtime.InteropServices;
using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Keeps the vectors of one row apart from the source they came from.</summary>
/// <remarks>A copy, because a decoder may be read after the snapshot has gone and its memory been freed.</remarks>
internal sealed class CopiedVectors : IRowVectors
{
    private readonly byte[]?[] _vectors;

    private CopiedVectors(byte[]?[] vectors) => _vectors = vectors;

    /// <summary>Copies the vectors of the row that a cursor stands on.</summary>
    public static CopiedVectors Of(RowCursor row, TableSchema schema)
    {
        byte[]?[] vectors = new byte[schema.VectorColumns.Count][];
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = row.TryGetVector(i, out ReadOnlySpan<byte> vector) ? vector.ToArray() : null;
        }

        return new CopiedVectors(vectors);
    }

    /// <summary>Copies the vectors of a row from a log.</summary>
    /// <param name="logged">The vectors, in the order of the columns of <paramref name="shape"/>; those missing at the end are null.</param>
    /// <param name="shape">The table when the row was logged.</param>
    /// <param name="schema">The table as its reader knows it.</param>
    /// <exception cref="InvalidDataException">They are not vectors of the table.</exception>
    public static CopiedVectors Of(ReadOnlySpan<byte> logged, TableShape shape, TableSchema schema)
    {
        byte[]?[] vectors = new byte[schema.VectorColumns.Count][];
        foreach (ColumnShape column in shape.Columns.Where(column => column.Vector is not null))
        {
            if (logged.IsEmpty)
            {
                break;
            }

            int bytes = logged[0] == 0 ? 0 : VectorArena.VectorBytesOf(column);
            if (bytes >= logged.Length)
            {
                throw new InvalidDataException($"a row of table '{shape.Name}' has {logged.Length - 1} bytes where a vector of column '{column.Name}' takes {bytes}");
            }

            // By id: columns may have come and gone between the writing and the reading.
            for (int i = 0; i < vectors.Length && bytes > 0; i++)
            {
                if (schema.VectorColumns[i].Id == column.Id)
                {
                    vectors[i] = logged.Slice(1, bytes).ToArray();
                }
            }

            logged = logged[(1 + bytes)..];
        }

        return logged.IsEmpty ? new CopiedVectors(vectors) : throw new InvalidDataException($"{logged.Length} bytes follow the vectors of a row of table '{shape.Name}'");
    }

    /// <inheritdoc/>
    public bool Has(int vectorIndex) => _vectors[vectorIndex] is not null;

    /// <inheritdoc/>
    public bool TryRead<T>(int vectorIndex, out T[] vector)
        where T : unmanaged
    {
        byte[]? bytes = _vectors[vectorIndex];
        vector = bytes is null ? [] : MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        return bytes is not null;
    }
}
