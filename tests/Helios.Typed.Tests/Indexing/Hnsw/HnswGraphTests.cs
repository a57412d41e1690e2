using System.Buffers.Binary;
using CsCheck;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Xunit;

namespace Helios.Typed.Tests.Indexing.Hnsw;

public sealed class HnswGraphTests : IDisposable
{
    private const int Count = 300;

    private readonly TestVectors _vectors = new(TestVectors.Clustered(Count, 5, seed: 51), Metric.Euclidean);
    private readonly byte[] _stored;
    private readonly long _before;

    public HnswGraphTests()
    {
        using HnswGraph graph = HnswGraphBuilder.Build(_vectors.Block, new HnswOptions(4, 20, 3, 1), _vectors.Allocator, null, CancellationToken.None);
        _stored = graph.Buffer.AsSpan<byte>(0, (int)graph.Buffer.Bytes).ToArray();
        graph.Dispose();
        _before = _vectors.Allocator.AllocatedBytes;
    }

    public void Dispose() => _vectors.Dispose();

    [Fact]
    public void A_stored_graph_opens_as_it_was()
    {
        using HnswGraph built = HnswGraphBuilder.Build(_vectors.Block, new HnswOptions(4, 20, 3, 1), _vectors.Allocator, null, CancellationToken.None);
        using HnswGraph opened = Open(_stored, Count);

        Assert.Equal((Count, 4, 20, Metric.Euclidean, built.Entry), (opened.Count, opened.MaxConnections, opened.ConstructionBeam, opened.Metric, opened.Entry));
        Assert.Null(HnswGraphValidator.FindProblem(opened));
        List<Neighbor> before = [];
        List<Neighbor> after = [];
        HnswSearch.Search(built, _vectors.Block, new float[5], 5, 20, null, null, before, CancellationToken.None);
        HnswSearch.Search(opened, _vectors.Block, new float[5], 5, 20, null, null, after, CancellationToken.None);
        Assert.Equal(before, after);
    }

    [Fact]
    public void An_empty_graph_opens()
    {
        using TestVectors none = new([], Metric.Cosine);
        using HnswGraph built = HnswGraphBuilder.Build(none.Block, new HnswOptions(4, 20, 3, 1), none.Allocator, null, CancellationToken.None);

        using HnswGraph opened = Open(built.Buffer.AsSpan<byte>(0, (int)built.Buffer.Bytes).ToArray(), 0);

        Assert.Equal(0, opened.Count);
        Assert.Null(HnswGraphValidator.FindProblem(opened));
    }

    [Fact]
    public void The_layout_is_that_of_version_1()
    {
        Assert.Equal("HELGRAPH"u8, _stored.AsSpan(0, 8));
        Assert.Equal(1u, Number(8));
        Assert.Equal(256u, Number(12));
        Assert.Equal((uint)Count, Number(16));
        Assert.Equal(4u, Number(20));
        Assert.Equal(20u, Number(24));
        Assert.Equal((uint)Metric.Euclidean, Number(36));
        Assert.Equal(3ul, BinaryPrimitives.ReadUInt64LittleEndian(_stored.AsSpan(40)));
        Assert.Equal(_stored.Length, BinaryPrimitives.ReadInt64LittleEndian(_stored.AsSpan(48)));

        // Level 1 stands at the next multiple of 64 behind level 0's 300 rows of 8 links: its first node's slot and index below agree.
        int level1 = (256 + (Count * 8 * 4) + 63) / 64 * 64;
        uint onLevel1 = Number(128);
        Assert.InRange(onLevel1, 1u, (uint)Count / 2);
        Assert.Equal(Number(level1), Number(level1 + (4 * (int)onLevel1)));
    }

    [Theory]
    [InlineData(0, 0x11u)]
    [InlineData(12, 128u)]
    [InlineData(16, 299u)]
    [InlineData(20, 0u)]
    [InlineData(20, 5u)]
    [InlineData(20, 0x4000_0000u)]
    [InlineData(28, 0xFFFF_FFFFu)]
    [InlineData(28, 200u)]
    [InlineData(32, 0u)]
    [InlineData(32, 0x8000_0000u)]
    [InlineData(48, 5u)]
    [InlineData(128, 0u)]
    [InlineData(128, 0xFFFF_FFFFu)]
    [InlineData(256, 300u)]
    [InlineData(256, 0xFFFF_FFFFu)]
    [InlineData(260, 0xFFFF_FFFEu)]
    public void A_number_that_cannot_be_is_refused_and_the_memory_given_back(int offset, uint value)
    {
        byte[] damaged = [.. _stored];
        BinaryPrimitives.WriteUInt32LittleEndian(damaged.AsSpan(offset), value);

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Open(damaged, Count));

        Assert.StartsWith("The stored graph is damaged: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(_before, _vectors.Allocator.AllocatedBytes);
    }

    [Fact]
    public void A_graph_over_another_number_of_vectors_is_refused() =>
        Assert.Contains("300 nodes over 301 vectors", Assert.Throws<InvalidDataException>(() => Open(_stored, Count + 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_graph_of_the_wrong_size_is_refused()
    {
        foreach (int length in new[] { 0, 255, 256, _stored.Length - 64, _stored.Length - 1, _stored.Length + 64 })
        {
            byte[] damaged = new byte[length];
            _stored.AsSpan(0, Math.Min(length, _stored.Length)).CopyTo(damaged);

            Assert.Throws<InvalidDataException>(() => Open(damaged, Count));
        }
    }

    [Fact]
    public void Damage_anywhere_is_refused_or_harmless() =>
        Gen.Select(Gen.Int[0, _stored.Length - 1], Gen.Byte, Gen.Bool).Sample((place, value, isHeader) =>
        {
            byte[] damaged = [.. _stored];
            damaged[isHeader ? place % 256 : place] = value;
            HnswGraph graph;
            try
            {
                graph = Open(damaged, Count);
            }
            catch (InvalidDataException)
            {
                return;
            }

            using (graph)
            {
                if (graph.Metric == Metric.Euclidean)
                {
                    List<Neighbor> results = [];
                    HnswSearch.Search(graph, _vectors.Block, new float[5], 5, 20, null, null, results, CancellationToken.None);
                    Assert.InRange(results.Count, 1, 5);
                }
            }
        }, iter: 2_000, threads: 1);

    [Fact]
    public void The_validator_names_what_is_wrong()
    {
        Assert.Contains("itself", Problem(graph => graph.Levels[0].RowOf(7)[0] = 7), StringComparison.Ordinal);
        Assert.Contains("twice", Problem(graph => graph.Levels[0].RowOf(7)[1] = graph.Levels[0].RowOf(7)[0]), StringComparison.Ordinal);
        Assert.Contains("1000", Problem(graph => graph.Levels[0].RowOf(7)[0] = 1_000), StringComparison.Ordinal);
        Assert.Contains("behind", Problem(graph => graph.Levels[0].RowOf(7)[0] = uint.MaxValue), StringComparison.Ordinal);
        Assert.Contains("another slot", Problem(graph => graph.Levels[1].Below[0]++), StringComparison.Ordinal);
        Assert.Contains("of 300 nodes can be reached", Problem(Isolate), StringComparison.Ordinal);

        static void Isolate(HnswGraph graph)
        {
            for (uint slot = 0; slot < Count; slot++)
            {
                Span<uint> row = graph.Levels[0].RowOf(slot);
                int at = row.IndexOf(9u);
                if (at >= 0)
                {
                    row[(at + 1)..].CopyTo(row[at..]);
                    row[^1] = uint.MaxValue;
                }
            }
        }
    }

    private string Problem(Action<HnswGraph> damage)
    {
        using HnswGraph graph = Open(_stored, Count);
        Assert.Null(HnswGraphValidator.FindProblem(graph));
        damage(graph);
        return Assert.IsType<string>(HnswGraphValidator.FindProblem(graph));
    }

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_stored.AsSpan(offset));

    private HnswGraph Open(byte[] bytes, int count)
    {
        NativeBuffer buffer = _vectors.Allocator.Allocate(bytes.Length);
        bytes.CopyTo(buffer.AsSpan<byte>(0, bytes.Length));
        return HnswGraph.Open(buffer, count);
    }
}
