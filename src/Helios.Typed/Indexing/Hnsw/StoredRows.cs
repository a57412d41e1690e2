using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Helios.Typed.Numerics;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Reads each row that a walk ranks from where it is stored.</summary>
/// <param name="stored">The vectors.</param>
/// <param name="row">Takes one vector; the walk's alone.</param>
internal readonly unsafe struct StoredRows<TDistance, TElement>(StoredVectors stored, byte[] row) : IRankedRows
    where TDistance : struct, IDistance
    where TElement : unmanaged
{
    /// <inheritdoc/>
    public float Rank(float* query, uint slot)
    {
        float inverseNorm = 0;
        stored.Read((int)slot, 1, row, TDistance.UsesNorms ? new Span<float>(ref inverseNorm) : default);
        ref TElement first = ref Unsafe.As<byte, TElement>(ref MemoryMarshal.GetArrayDataReference(row));
        return TDistance.Rank(in *query, in first, row.Length / Unsafe.SizeOf<TElement>(), inverseNorm);
    }

    /// <inheritdoc/>
    public void Prefetch(uint slot)
    {
    }
}
