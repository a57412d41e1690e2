using System.Runtime.InteropServices;
using Helios.Typed.Records;

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
