using System.Runtime.CompilerServices;
using Helios.Typed.Numerics;
using Helios.Typed.Quantizers;
using Cache = Helios.Typed.Numerics.Lanes.Prefetch;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Ranks nodes by their codes, against one query.</summary>
/// <remarks>Valid while the nodes' memory is; whoever holds it keeps the nodes alive.</remarks>
internal readonly unsafe struct CodedRows : IRankedRows
{
    private readonly byte* _first;
    private readonly sbyte* _weights;
    private readonly nuint _recordBytes;
    private readonly nuint _factorsOffset;
    private readonly int _codeBytes;
    private readonly CodedQuery _query;

    /// <summary>Points at the nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="weights">The query's weights, as long as a code in memory, in memory that does not move.</param>
    /// <param name="query">The rest of the query.</param>
    public CodedRows(CodedNodes nodes, sbyte* weights, CodedQuery query)
    {
        _first = nodes.Buffer.Address;
        _weights = weights;
        _recordBytes = (nuint)nodes.RecordBytes;
        _codeBytes = nodes.LinksOffset;
        _factorsOffset = (nuint)nodes.FactorsOffset;
        _query = query;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Rank(float* query, uint slot)
    {
        byte* record = RecordOf(slot);
        return _query.Rank(in *(CodeFactors*)(record + _factorsOffset), CodeDotKernel.Dot(in *record, in *_weights, _codeBytes));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint slot)
    {
        byte* record = RecordOf(slot);
        Cache.Lines(record, (nuint)_codeBytes);
        Cache.Line(record + _factorsOffset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* RecordOf(uint slot) => _first + (slot * _recordBytes);
}
