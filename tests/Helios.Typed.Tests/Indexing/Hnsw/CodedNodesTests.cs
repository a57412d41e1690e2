using System.Buffers.Binary;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Quantizers;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

public sealed class CodedNodesTests
{
    private const int Count = 300;
    private const int Dimensions = 70;
    private const int Degree = 8;

    public static TheoryData<Metric, bool> Kinds()
    {
        TheoryData<Metric, bool> kinds = [];
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            kinds.Add(metric, false);
            kinds.Add(metric, true);
        }

        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_stored_is_read_back_in_pieces_of_any_size(Metric metric, bool isHalf)
    {
        using TestVectors vectors = VectorsOf(metric, isHalf);
        using CodedNodes nodes = Encode(vectors);
        byte[] stored = StoredOf(nodes);
        Assert.Equal(CodesFormat.BytesFor(Count, Dimensions), stored.Length);
        foreach (int piece in new[] { 1, 7, 64, 1_000, stored.Length })
        {
            using CodedNodes read = Read(stored, metric, vectors.Allocator, piece);

            Assert.Equal(StoredOf(nodes), StoredOf(read));
            for (uint slot = 0; slot < Count; slot++)
            {
                Assert.True(nodes.CodeOf(slot).SequenceEqual(read.CodeOf(slot)), $"slot {slot}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_code_is_the_one_of_its_vector_and_of_no_other(Metric metric, bool isHalf)
    {
        using TestVectors vectors = VectorsOf(metric, isHalf);
        using CodedNodes nodes = Encode(vectors);
        for (uint slot = 0; slot < Count; slot++)
        {
            Assert.True(IsOf(slot, slot));
            Assert.False(IsOf(slot, (slot + 1) % Count));
        }

        nodes.FactorsOf(3) = nodes.FactorsOf(3) with { Scale = nodes.FactorsOf(3).Scale * 1.5f };
        Assert.False(IsOf(3, 3));

        bool IsOf(uint slot, uint vector) => nodes.Encodes(
            slot,
            vectors.Block.Chunks[0].AsSpan<byte>((long)vector * vectors.Block.VectorBytes, vectors.Block.VectorBytes),
            isHalf,
            metric == Metric.Cosine ? vectors.Block.NormsOfChunk(0).AsSpan<float>((long)vector * sizeof(float), 1)[0] : 1);
    }

    [Fact]
    public void A_record_is_whole_lines_and_its_links_start_one()
    {
        foreach ((int dimensions, int degree, int expected) in new[] { (768, 32, 960), (384, 32, 576), (100, 32, 320), (64, 32, 256), (1, 4, 128) })
        {
            Assert.Equal(expected, CodedNodes.RecordBytesFor(dimensions, degree));
        }

        using TestVectors vectors = VectorsOf(Metric.Cosine, isHalf: false);
        using CodedNodes nodes = Encode(vectors);
        Assert.Equal(0, nodes.LinksOffset % NativeBuffer.Alignment);
        Assert.Equal(nodes.Buffer.Bytes, CodedNodes.BytesFor(Count, Dimensions, Degree));
    }

    [Fact]
    public void Every_number_of_the_header_is_checked_and_what_is_cut_or_too_long_is_refused()
    {
        using TestVectors vectors = VectorsOf(Metric.Cosine, isHalf: false);
        using CodedNodes nodes = Encode(vectors);
        byte[] stored = StoredOf(nodes);
        long before = vectors.Allocator.AllocatedBytes;
        foreach (int offset in new[]
        {
            0, CodesFormat.HeaderBytesOffset, CodesFormat.CountOffset, CodesFormat.DimensionsOffset, CodesFormat.KindOffset, CodesFormat.MetricOffset,
            CodesFormat.RoundsOffset, CodesFormat.RowBytesOffset, CodesFormat.TotalBytesOffset,
        })
        {
            AssertRefused(changed => changed[offset] ^= 1);
        }

        AssertRefused(changed => BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(CodesFormat.HeaderBytes + 8), float.NaN));
        Assert.Throws<InvalidDataException>(() => Read(stored[..^1], Metric.Cosine, vectors.Allocator));
        Assert.Throws<InvalidDataException>(() => Read([.. stored, 0], Metric.Cosine, vectors.Allocator));
        Assert.Throws<InvalidDataException>(() => Read(stored[..10], Metric.Cosine, vectors.Allocator));
        Assert.Equal(before, vectors.Allocator.AllocatedBytes);

        void AssertRefused(Action<byte[]> change)
        {
            byte[] changed = [.. stored];
            change(changed);
            Assert.Throws<InvalidDataException>(() => Read(changed, Metric.Cosine, vectors.Allocator));
        }
    }

    [Fact]
    public void Codes_of_a_newer_version_are_told_from_damaged_ones()
    {
        using TestVectors vectors = VectorsOf(Metric.Cosine, isHalf: false);
        using CodedNodes nodes = Encode(vectors);
        byte[] stored = StoredOf(nodes);
        stored[CodesFormat.VersionOffset] = 2;

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Read(stored, Metric.Cosine, vectors.Allocator));

        Assert.NotNull(UnknownVersion.In(error, "here"));
    }

    [Fact]
    public void A_row_whose_code_or_factors_cannot_be_is_refused()
    {
        using TestVectors vectors = VectorsOf(Metric.Euclidean, isHalf: false);
        using CodedNodes nodes = Encode(vectors);
        byte[] stored = StoredOf(nodes);
        int row = CodesFormat.HeadBytesFor(Dimensions) + (17 * CodesFormat.RowBytesFor(Dimensions));
        int code = row + CodeFactors.Bytes + 5;
        AssertRefused(changed => BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(row), float.PositiveInfinity));
        AssertRefused(changed => BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(row + 4), float.NaN));
        AssertRefused(changed => changed[row + 8]++);
        AssertRefused(changed => changed[code]++);
        AssertRefused(changed => SetCode(changed, 0));
        AssertRefused(changed => SetCode(changed, 128));

        void AssertRefused(Action<byte[]> change)
        {
            byte[] changed = [.. stored];
            change(changed);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => Read(changed, Metric.Euclidean, vectors.Allocator));
            Assert.Contains("vector 17", error.Message, StringComparison.Ordinal);
        }

        // The sum is put right, so that nothing but the element is wrong.
        void SetCode(byte[] changed, byte value)
        {
            int sum = BinaryPrimitives.ReadInt32LittleEndian(changed.AsSpan(row + 8)) + value - changed[code];
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(row + 8), sum);
            changed[code] = value;
        }
    }

    [Fact]
    public void A_cancelled_encoding_stops_and_leaves_no_memory_behind()
    {
        using TestVectors vectors = VectorsOf(Metric.Cosine, isHalf: false);
        long before = vectors.Allocator.AllocatedBytes;

        Assert.Throws<OperationCanceledException>(() => CodedNodes.Encode(vectors.Block, Degree, 1, vectors.Allocator, new CancellationToken(canceled: true)));

        Assert.Equal(before, vectors.Allocator.AllocatedBytes);
    }

    private static TestVectors VectorsOf(Metric metric, bool isHalf) => new(TestVectors.Clustered(Count, Dimensions, seed: 51), metric, isHalf);

    private static CodedNodes Encode(TestVectors vectors) => CodedNodes.Encode(vectors.Block, Degree, seed: 5, vectors.Allocator, CancellationToken.None);

    private static byte[] StoredOf(CodedNodes nodes)
    {
        byte[] stored = new byte[CodesFormat.BytesFor(nodes.Count, nodes.Space.Dimensions)];
        int head = CodesFormat.HeadBytesFor(nodes.Space.Dimensions);
        int row = CodesFormat.RowBytesFor(nodes.Space.Dimensions);
        CodesFormat.WriteHead(stored.AsSpan(0, head), nodes.Count, nodes.Metric, nodes.Space);
        for (int slot = 0; slot < nodes.Count; slot++)
        {
            nodes.CopyRow((uint)slot, stored.AsSpan(head + (slot * row), row));
        }

        return stored;
    }

    private static CodedNodes Read(byte[] stored, Metric metric, NativeAllocator allocator, int piece = 100)
    {
        using CodedNodesReader reader = new(Count, Dimensions, metric, Degree, allocator);
        for (int at = 0; at < stored.Length; at += piece)
        {
            reader.Add(stored.AsSpan(at, Math.Min(piece, stored.Length - at)));
        }

        return reader.End();
    }
}
