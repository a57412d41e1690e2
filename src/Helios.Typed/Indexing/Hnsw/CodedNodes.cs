using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Helios.Typed.Numerics;
using Helios.Typed.Primitives;
using Helios.Typed.Quantizers;

namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is what a walk reads of each node of level 0, in one native buffer: its code, its links and its factors side by side.</summary>
/// <remarks>
/// <code>
///   0  code     1 to 127 an element, zeros behind, up to a multiple of 64
///   …  links    2·M × u32, as in the graph
///   …  factors  base f32, scale f32, sum i32
/// </code>
/// A record is a whole number of cache lines, so that no line is fetched for two nodes, and the links start one. A
/// node whose neighbor it is costs its code and factors; one that is followed, the lines of its links beside.
/// </remarks>
internal sealed unsafe class CodedNodes : IDisposable
{
    // Rows that the center is the mean of: more would move it by less than its own noise.
    private const int SampleRows = 16_384;

    private const int RowsPerCancellationCheck = 1024;

    private CodedNodes(NativeBuffer buffer, int count, int degree, Metric metric, ScalarSpace space)
    {
        Buffer = buffer;
        Count = count;
        Degree = degree;
        Metric = metric;
        Space = space;
        LinksOffset = space.CodeBytes;
        FactorsOffset = LinksOffset + (degree * sizeof(uint));
        RecordBytes = RecordBytesFor(space.Dimensions, degree);
    }

    /// <summary>Gets the number of nodes.</summary>
    public int Count { get; }

    /// <summary>Gets the links that a node has room for.</summary>
    public int Degree { get; }

    /// <summary>Gets how the vectors are compared.</summary>
    public Metric Metric { get; }

    /// <summary>Gets what the codes mean.</summary>
    public ScalarSpace Space { get; }

    /// <summary>Gets the records.</summary>
    public NativeBuffer Buffer { get; }

    /// <summary>Gets the bytes of a record.</summary>
    public int RecordBytes { get; }

    /// <summary>Gets where the links of a record start.</summary>
    public int LinksOffset { get; }

    /// <summary>Gets where the factors of a record start.</summary>
    public int FactorsOffset { get; }

    /// <summary>Gives the bytes of a record.</summary>
    public static int RecordBytesFor(int dimensions, int degree) =>
        (ScalarSpace.CodeBytesFor(dimensions) + (degree * sizeof(uint)) + CodeFactors.Bytes + NativeBuffer.Alignment - 1) & -NativeBuffer.Alignment;

    /// <summary>Gives the native memory of so many records.</summary>
    public static long BytesFor(int count, int dimensions, int degree) => (long)count * RecordBytesFor(dimensions, degree);

    /// <summary>Makes records without codes and links.</summary>
    public static CodedNodes Create(int count, int degree, Metric metric, ScalarSpace space, NativeAllocator allocator) =>
        new(allocator.Allocate(BytesFor(count, space.Dimensions, degree)), count, degree, metric, space);

    /// <summary>Encodes the vectors of a block.</summary>
    /// <param name="block">The vectors, one chunk.</param>
    /// <param name="degree">The links that a node has room for.</param>
    /// <param name="seed">Decides the rotation.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static CodedNodes Encode(VectorBlock block, int degree, ulong seed, NativeAllocator allocator, CancellationToken cancellationToken)
    {
        Encoding encoding = new() { Block = block, Degree = degree, Seed = seed, Allocator = allocator, CancellationToken = cancellationToken };
        DistanceDispatch.Run(block.Metric, block.IsHalf, ref encoding);
        GC.KeepAlive(block);
        return encoding.Nodes!;
    }

    /// <summary>Gets a node's code, with the zeros behind it.</summary>
    public Span<byte> CodeOf(uint slot) => new(RecordOf(slot), LinksOffset);

    /// <summary>Gets a node's links, with the room behind them.</summary>
    public Span<uint> LinksOf(uint slot) => new(RecordOf(slot) + LinksOffset, Degree);

    /// <summary>Gets a node's factors.</summary>
    public ref CodeFactors FactorsOf(uint slot) => ref *(CodeFactors*)(RecordOf(slot) + FactorsOffset);

    /// <summary>Writes a node's row as it is stored.</summary>
    /// <param name="slot">The node.</param>
    /// <param name="row">Filled; of <see cref="CodesFormat.RowBytesFor"/>.</param>
    public void CopyRow(uint slot, Span<byte> row)
    {
        CodeFactors factors = FactorsOf(slot);
        BinaryPrimitives.WriteSingleLittleEndian(row, factors.Base);
        BinaryPrimitives.WriteSingleLittleEndian(row[4..], factors.Scale);
        BinaryPrimitives.WriteInt32LittleEndian(row[8..], factors.Sum);
        CodeOf(slot)[..Space.Dimensions].CopyTo(row[CodeFactors.Bytes..]);
    }

    /// <summary>Says whether a node's code and factors are those of a vector.</summary>
    /// <param name="slot">The node.</param>
    /// <param name="vector">The vector's bytes, as they are stored.</param>
    /// <param name="isHalf">Whether its elements are half-precision.</param>
    /// <param name="inverseNorm">1 / |x|, where the metric uses norms.</param>
    public bool Encodes(uint slot, ReadOnlySpan<byte> vector, bool isHalf, float inverseNorm)
    {
        float[] row = new float[Space.Dimensions];
        byte[] code = new byte[LinksOffset];
        for (int i = 0; i < row.Length; i++)
        {
            float element = isHalf ? (float)BinaryPrimitives.ReadHalfLittleEndian(vector[(2 * i)..]) : BinaryPrimitives.ReadSingleLittleEndian(vector[(4 * i)..]);
            row[i] = element * inverseNorm;
        }

        return Space.Encode(row, code) == FactorsOf(slot) && CodeOf(slot).SequenceEqual(code);
    }

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* RecordOf(uint slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, (uint)Count);
        return Buffer.Address + ((nuint)slot * (nuint)RecordBytes);
    }

    private struct Encoding : IDistanceOperation
    {
        public VectorBlock Block;
        public int Degree;
        public ulong Seed;
        public NativeAllocator Allocator;
        public CancellationToken CancellationToken;
        public CodedNodes? Nodes;

        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            VectorRows<TDistance, TElement> rows = new(Block);
            float[] row = new float[Block.Dimensions];
            var space = ScalarSpace.Around(TDistance.Form, Seed, MeanOf(rows, row));
            var nodes = Create(Block.Count, Degree, Block.Metric, space, Allocator);
            try
            {
                for (uint slot = 0; slot < Block.Count; slot++)
                {
                    if (slot % RowsPerCancellationCheck == 0)
                    {
                        CancellationToken.ThrowIfCancellationRequested();
                    }

                    rows.Copy(slot, row);
                    nodes.FactorsOf(slot) = space.Encode(row, nodes.CodeOf(slot));
                }
            }
            catch
            {
                nodes.Dispose();
                throw;
            }

            Nodes = nodes;
        }

        private readonly float[] MeanOf<TDistance, TElement>(VectorRows<TDistance, TElement> rows, float[] row)
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            int step = Math.Max(Block.Count / SampleRows, 1);
            double[] sums = new double[row.Length];
            int taken = 0;
            for (int slot = 0; slot < Block.Count; slot += step, taken++)
            {
                rows.Copy((uint)slot, row);
                for (int i = 0; i < row.Length; i++)
                {
                    sums[i] += row[i];
                }
            }

            return [.. sums.Select(sum => (float)(sum / Math.Max(taken, 1)))];
        }
    }
}
