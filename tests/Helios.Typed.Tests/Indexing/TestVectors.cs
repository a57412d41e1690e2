using Helios.Typed.Indexing;
using Helios.Typed.Numerics;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Indexing;

/// <summary>Is a block over vectors made for a test, with its memory, and the plain model that answers are held to.</summary>
internal sealed class TestVectors : IDisposable
{
    /// <summary>The dimensions of a block without rows.</summary>
    public const int EmptyDimensions = 3;

    private readonly List<NativeBuffer> _buffers = [];
    private readonly float[][] _rows;

    /// <summary>Copies rows into a block.</summary>
    /// <param name="rows">The vectors; those of a half-precision block are rounded first.</param>
    /// <param name="metric">How they are compared.</param>
    /// <param name="isHalf">Whether the block holds half-precision floats.</param>
    /// <param name="chunkSlots">The slots of a chunk, or 0 for one chunk.</param>
    public TestVectors(float[][] rows, Metric metric, bool isHalf = false, int chunkSlots = 0)
    {
        _rows = isHalf ? [.. rows.Select(row => Rounded(row))] : rows;
        int dimensions = rows.Length > 0 ? rows[0].Length : EmptyDimensions;
        int slots = chunkSlots > 0 ? chunkSlots : Math.Max(rows.Length, 1);
        List<NativeBuffer> chunks = [];
        List<NativeBuffer> norms = [];
        for (int first = 0; first < rows.Length; first += slots)
        {
            int count = Math.Min(slots, rows.Length - first);
            NativeBuffer chunk = Allocate((long)count * dimensions * (isHalf ? 2 : 4));
            NativeBuffer chunkNorms = Allocate(count * sizeof(float));
            for (int i = 0; i < count; i++)
            {
                float[] row = _rows[first + i];
                if (isHalf)
                {
                    row.Select(element => (Half)element).ToArray().CopyTo(chunk.AsSpan<Half>((long)i * dimensions * 2, dimensions));
                }
                else
                {
                    row.CopyTo(chunk.AsSpan<float>((long)i * dimensions * 4, dimensions));
                }

                chunkNorms.AsSpan<float>(0, count)[i] = NormKernel.Inverse<float>(row);
            }

            chunks.Add(chunk);
            norms.Add(chunkNorms);
        }

        Block = new VectorBlock(chunks, metric == Metric.Cosine ? norms : null, slots, rows.Length, dimensions, isHalf, metric);
    }

    public SystemAllocator Allocator { get; } = new();

    public VectorBlock Block { get; }

    /// <summary>Gets the same vectors as a block that reads them when they are needed.</summary>
    public VectorBlock Stored => Block with { Chunks = [], InverseNorms = null, Stored = new CopyingVectors(Block) };

    public int Count => _rows.Length;

    /// <summary>Draws vectors around centers of uneven sizes, as text embeddings lie.</summary>
    public static float[][] Clustered(int count, int dimensions, int seed, int clusters = 24)
    {
        Random random = new(seed);
        float[][] centers = [.. Enumerable.Range(0, clusters).Select(_ => Gaussian(random, dimensions, 1))];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int center = (int)(clusters * random.NextDouble() * random.NextDouble());
            return Gaussian(random, dimensions, 0.6f).Zip(centers[center], (noise, mean) => mean + noise).ToArray();
        })];
    }

    /// <summary>Computes a distance by the definition, in double precision.</summary>
    public double Exact(ReadOnlySpan<float> query, int slot)
    {
        double dot = 0, squared = 0, queryNorm = 0, rowNorm = 0;
        for (int i = 0; i < query.Length; i++)
        {
            double q = query[i], x = _rows[slot][i];
            dot += q * x;
            squared += (q - x) * (q - x);
            queryNorm += q * q;
            rowNorm += x * x;
        }

        return Block.Metric switch
        {
            Metric.Cosine => 1 - (dot / Math.Sqrt(queryNorm * rowNorm)),
            Metric.Euclidean => Math.Sqrt(squared),
            _ => -dot,
        };
    }

    /// <summary>Answers a search by sorting everything: the model.</summary>
    public List<Neighbor> Model(float[] query, int k, float maxDistance = float.PositiveInfinity, SlotFilter? filter = null, IComparer<int>? tieOrder = null) =>
        [.. Enumerable.Range(0, Count)
            .Where(slot => filter is null || filter.Accepts(slot))
            .Select(slot => new Neighbor(FlatSearch.Distance(Block, query, slot), slot))
            .Where(neighbor => neighbor.Distance <= maxDistance)
            .OrderBy(neighbor => neighbor.Distance)
            .ThenBy(neighbor => neighbor.Slot, tieOrder ?? Comparer<int>.Default)
            .Take(k)];

    public void Dispose()
    {
        foreach (NativeBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static float[] Gaussian(Random random, int dimensions, float deviation)
    {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            vector[i] = deviation * (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return vector;
    }

    private static float[] Rounded(float[] row) => [.. row.Select(element => (float)(Half)element)];

    private NativeBuffer Allocate(long bytes)
    {
        NativeBuffer buffer = Allocator.Allocate(bytes);
        _buffers.Add(buffer);
        return buffer;
    }
}

/// <summary>Accepts the slots that a function accepts.</summary>
internal sealed class PredicateFilter(Func<int, bool> accepts) : SlotFilter
{
    public override bool Accepts(int slot) => accepts(slot);
}

/// <summary>Reads vectors out of a block in memory, as if it were a file.</summary>
internal sealed class CopyingVectors(VectorBlock block) : StoredVectors
{
    private int _reads;

    public int Reads => _reads;

    /// <summary>Gets or sets the slot that cannot be read, or −1.</summary>
    public int Damaged { get; set; } = -1;

    public override void Read(int first, int count, Span<byte> vectors, Span<float> inverseNorms)
    {
        Interlocked.Increment(ref _reads);
        Assert.Equal(count * block.VectorBytes, vectors.Length);
        Assert.Equal(block.Metric == Metric.Cosine ? count : 0, inverseNorms.Length);
        for (int i = 0; i < count; i++)
        {
            if (first + i == Damaged)
            {
                throw new HeliosCorruptionException("vectors", first + i, "it is damaged");
            }

            (int chunk, int place) = Math.DivRem(first + i, block.ChunkSlots);
            block.Chunks[chunk].AsSpan<byte>((long)place * block.VectorBytes, block.VectorBytes).CopyTo(vectors[(i * block.VectorBytes)..]);
            if (!inverseNorms.IsEmpty)
            {
                inverseNorms[i] = block.NormsOfChunk(chunk).AsSpan<float>(place * sizeof(float), 1)[0];
            }
        }
    }
}
