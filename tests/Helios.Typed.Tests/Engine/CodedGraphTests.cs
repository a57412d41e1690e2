using System.Buffers.Binary;
using Helios.Typed.Engine;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Quantizers;
using Helios.Typed.Storage.Segments;
using Helios.Typed.Tests.Engine.Rot;
using Helios.Typed.Tests.Indexing;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Keeps codes beside graphs: written, read again, checked, counted, and done without where they cannot be had.</summary>
public sealed class CodedGraphTests : IDisposable
{
    private const int Rows = 700;
    private const int Dimensions = 64;
    private const int K = 5;

    private static readonly float[][] _vectors = TestVectors.Clustered(Rows + 20, Dimensions, seed: 71);

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Metric.Cosine, false)]
    [InlineData(Metric.Euclidean, true)]
    [InlineData(Metric.InnerProduct, false)]
    public async Task A_column_of_many_dimensions_is_walked_on_codes_by_itself(Metric metric, bool isHalf)
    {
        TableDefinition table = Notes(Quantization.Auto, metric, isHalf);
        await BuildAsync(table);

        await using HeliosDatabase database = await OpenAsync();
        await AssertFindsAsync(database, table, isHalf);

        MemoryStatistics memory = (await database.GetStatisticsAsync(Token)).Memory;
        Assert.Equal(Rows * (CodedNodes.RecordBytesFor(Dimensions, 16) - (16 * sizeof(uint))), memory.CodeBytes);
        Assert.InRange(memory.GraphBytes, memory.CodeBytes + (Rows * 64), long.MaxValue);
        Assert.Empty((await database.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Theory]
    [InlineData(Quantization.None, Dimensions)]
    [InlineData(Quantization.Auto, Dimensions - 1)]
    public async Task A_column_of_few_dimensions_or_one_that_says_so_is_walked_on_its_vectors(Quantization quantization, int dimensions)
    {
        TableDefinition table = Notes(quantization, dimensions: dimensions);
        await BuildAsync(table);

        await using HeliosDatabase database = await OpenAsync();
        await AssertFindsAsync(database, table);

        Assert.Equal(0, (await database.GetStatisticsAsync(Token)).Memory.CodeBytes);
        Assert.DoesNotContain(Forgery.SectionsOf(GraphName, GraphBytes), section => section.Key.Kind == SegmentSections.Codes);
        Assert.Empty((await database.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task Few_dimensions_have_codes_where_they_are_asked_for()
    {
        TableDefinition table = Notes(Quantization.Scalar, dimensions: 3);
        await BuildAsync(table);

        await using HeliosDatabase database = await OpenAsync();
        await AssertFindsAsync(database, table);

        Assert.InRange((await database.GetStatisticsAsync(Token)).Memory.CodeBytes, Rows * 64, long.MaxValue);
    }

    [Fact]
    public async Task A_graph_without_codes_serves_until_the_one_with_them_is_built()
    {
        await BuildAsync(Notes(Quantization.None));
        string before = GraphName;
        TableDefinition coded = Notes(Quantization.Auto);
        await using (HeliosDatabase database = await OpenAsync())
        {
            await AssertFindsAsync(database, coded);
            MemoryStatistics memory = (await database.GetStatisticsAsync(Token)).Memory;
            Assert.Equal(0, memory.CodeBytes);
            Assert.NotEqual(0, memory.GraphBytes);

            await database.WaitForIndexingAsync(cancellationToken: Token);

            await AssertFindsAsync(database, coded);
            Assert.NotEqual(0, (await database.GetStatisticsAsync(Token)).Memory.CodeBytes);
        }

        Assert.NotEqual(before, GraphName);
    }

    [Fact]
    public async Task Codes_that_cannot_be_are_reported_and_the_rows_scanned_until_the_graph_is_built_anew()
    {
        TableDefinition table = Notes(Quantization.Auto);
        await BuildAsync(table);
        string damaged = GraphName;
        Forge((codes, row) => codes[row + CodeFactors.Bytes] ^= 1);

        await using HeliosDatabase database = await OpenAsync();
        VerificationProblem problem = Assert.Single((await database.VerifyAsync(cancellationToken: Token)).Problems);
        Assert.Equal(damaged, Path.GetFileName(problem.File));
        Assert.Contains("codes are damaged", problem.Message, StringComparison.Ordinal);

        await AssertFindsAsync(database, table, exactly: true);
        Assert.Equal(0, (await database.GetStatisticsAsync(Token)).Memory.GraphBytes);
        await database.WaitForIndexingAsync(cancellationToken: Token);
        await AssertFindsAsync(database, table);
        Assert.NotEqual(0, (await database.GetStatisticsAsync(Token)).Memory.CodeBytes);
        Assert.Empty((await database.VerifyAsync(cancellationToken: Token)).Problems);
    }

    [Fact]
    public async Task A_code_that_is_not_its_vectors_is_found_by_the_check_and_no_distance_is_wrong()
    {
        TableDefinition table = Notes(Quantization.Auto);
        await BuildAsync(table);
        Forge((codes, row) =>
        {
            // Two elements change so that the sum stays: a reader has nothing to see.
            Span<byte> code = codes.Slice(row + CodeFactors.Bytes, Dimensions);
            int high = code.IndexOf(code.ToArray().Max());
            int low = code.IndexOf(code.ToArray().Min());
            (code[high], code[low]) = ((byte)(code[high] - 20), (byte)(code[low] + 20));
        });

        await using HeliosDatabase database = await OpenAsync();
        await AssertFindsAsync(database, table);
        VerificationProblem problem = Assert.Single((await database.VerifyAsync(cancellationToken: Token)).Problems);
        Assert.Contains("the code of row 3 is not its vector's", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_of_a_newer_version_are_refused_by_name()
    {
        TableDefinition table = Notes(Quantization.Auto);
        await BuildAsync(table);
        Forge((codes, _) => codes[CodesFormat.VersionOffset] = 9);

        await using HeliosDatabase database = await OpenAsync();

        HeliosFormatException error = await Assert.ThrowsAsync<HeliosFormatException>(() => AssertFindsAsync(database, table));
        Assert.Contains(GraphName, error.Message, StringComparison.Ordinal);
    }

    private string GraphName => Path.GetFileName(Assert.Single(Directory.GetFiles(_directory.Path, "*.graph")));

    private byte[] GraphBytes => File.ReadAllBytes(Path.Combine(_directory.Path, GraphName));

    private static TableDefinition Notes(Quantization quantization, Metric metric = Metric.Cosine, bool isHalf = false, int dimensions = Dimensions) =>
        TableDefinition.Create("notes")
            .Key("id", ColumnType.Int32, assigned: false)
            .Vector("meaning", new VectorColumnAttribute(dimensions, metric) { Index = IndexKind.Hnsw, M = 8, EfConstruction = 60, EfSearch = 20, Quantization = quantization }, nullable: true, half: isHalf)
            .Build();

    private Task<HeliosDatabase> OpenAsync() => HeliosDatabase.OpenAsync(_directory.Path, cancellationToken: Token);

    private static object VectorOf(float[] vector, TableDefinition table, bool isHalf)
    {
        float[] cut = vector[..table.Shape.Columns[1].Vector!.Dimensions];
        return isHalf ? cut.Select(element => (Half)element).ToArray() : cut;
    }

    private async Task BuildAsync(TableDefinition table)
    {
        bool isHalf = table.Shape.Columns[1].Type == ColumnType.HalfVector;
        await using HeliosDatabase database = await OpenAsync();
        HeliosRowBatch batch = new();
        for (int id = 0; id < Rows; id++)
        {
            batch.Insert(new HeliosRow(table) { ["id"] = id, ["meaning"] = VectorOf(_vectors[id], table, isHalf) });

            // Rows without a vector stand between, so that slots and rows are not the same.
            if (id % 100 == 50)
            {
                batch.Insert(new HeliosRow(table) { ["id"] = Rows + id });
            }
        }

        await database.Table(table).WriteAsync(batch, Token);
        await database.WaitForIndexingAsync(cancellationToken: Token);
        await AssertFindsAsync(database, table, isHalf);
    }

    private static async Task AssertFindsAsync(HeliosDatabase database, TableDefinition definition, bool isHalf = false, bool exactly = false)
    {
        HeliosTable table = database.Table(definition);
        int found = 0;
        foreach (float[] query in _vectors[Rows..])
        {
            IReadOnlyList<Hit<HeliosRow>> exact = await SearchAsync(query, isExact: true);
            IReadOnlyList<Hit<HeliosRow>> hits = await SearchAsync(query, isExact: false);
            Assert.Equal(K, hits.Count);
            found += hits.Count(hit => exact.Any(other => other.Record.Key.Equals(hit.Record.Key) && other.Distance == hit.Distance));
        }

        Assert.InRange(found, exactly ? 20 * K : 20 * K * 9 / 10, 20 * K);

        async Task<IReadOnlyList<Hit<HeliosRow>>> SearchAsync(float[] query, bool isExact) => isHalf
            ? await table.NearestHalfAsync("meaning", (Half[])VectorOf(query, definition, isHalf), K, exact: isExact, cancellationToken: Token)
            : await table.NearestAsync("meaning", (float[])VectorOf(query, definition, isHalf), K, exact: isExact, cancellationToken: Token);
    }

    private void Forge(ForgeCodes change)
    {
        string name = GraphName;
        byte[] bytes = GraphBytes;
        SegmentEntry section = Forgery.SectionsOf(name, bytes).Single(entry => entry.Key.Kind == SegmentSections.Codes);
        int dimensions = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan((int)section.Offset + CodesFormat.DimensionsOffset));
        change(bytes.AsSpan((int)section.Offset, (int)section.Bytes), CodesFormat.HeadBytesFor(dimensions) + (3 * CodesFormat.RowBytesFor(dimensions)));
        Forgery.Sign(name, bytes, []);
        File.WriteAllBytes(Path.Combine(_directory.Path, name), bytes);
    }

    /// <summary>Changes the codes of a graph file.</summary>
    /// <param name="codes">The section.</param>
    /// <param name="row">Where the row of slot 3 starts.</param>
    private delegate void ForgeCodes(Span<byte> codes, int row);
}
