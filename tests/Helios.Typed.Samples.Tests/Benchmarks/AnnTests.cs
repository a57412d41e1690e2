using System.Text.Json;
using Helios.Typed.Benchmarks.Ann;
using Xunit;

namespace Helios.Typed.Samples.Tests.Benchmarks;

/// <summary>Holds the yardstick to its interface: the command line, the JSON, and recall on data whose answers are known.</summary>
public sealed class AnnTests : IDisposable
{
    private const int Rows = 2_000;
    private const int Dimensions = 24;
    private const int Queries = 40;

    private readonly TemporaryFolder _folder = new();

    public AnnTests()
    {
        float[][] rows = VectorSets.Normal(seed: 2, Rows, Dimensions);
        float[][] queries = VectorSets.Normal(seed: 3, Queries, Dimensions);
        VectorSets.WriteFloats(_folder.Inside("base.fvecs"), rows);
        VectorSets.WriteFloats(_folder.Inside("queries.fvecs"), queries);
        VectorSets.Write(_folder.Inside("truth.ivecs"), VectorSets.NearestByCosine(rows, queries, count: 10));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flat_index_finds_every_neighbor()
    {
        JsonElement report = await RunAsync("--index", "flat", "--path", _folder.Inside("databases"));

        JsonElement point = Assert.Single(report.GetProperty("points").EnumerateArray());
        Assert.Equal(0, point.GetProperty("ef").GetInt32());
        Assert.Equal(1.0, point.GetProperty("recall").GetDouble());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Inside("databases")));
    }

    [Fact]
    public async Task A_graph_is_measured_at_each_beam_and_the_report_has_every_field()
    {
        JsonElement report = await RunAsync("--index", "hnsw", "--ef", "10,200", "--build-threads", "2", "--query-threads", "2", "--path", _folder.Inside("databases"));

        Assert.Equal(
            ["rows", "dims", "metric", "index", "quantization", "insert_rows_s", "build_s", "build_threads", "rss_mb", "peak_rss_mb", "disk_bytes", "open_ms", "first_query_ms", "points"],
            report.EnumerateObject().Select(property => property.Name));
        Assert.Equal((Rows, Dimensions, "cosine", "hnsw", "auto"), (
            report.GetProperty("rows").GetInt32(),
            report.GetProperty("dims").GetInt32(),
            report.GetProperty("metric").GetString(),
            report.GetProperty("index").GetString(),
            report.GetProperty("quantization").GetString()));
        JsonElement[] points = [.. report.GetProperty("points").EnumerateArray()];
        Assert.Equal([10, 200], points.Select(point => point.GetProperty("ef").GetInt32()));
        Assert.Equal(["ef", "recall", "qps", "p50_us", "p95_us", "p99_us"], points[0].EnumerateObject().Select(property => property.Name));
        Assert.True(points[1].GetProperty("recall").GetDouble() >= 0.95, report.ToString());
        Assert.True(report.GetProperty("disk_bytes").EnumerateObject().Sum(kind => kind.Value.GetInt64()) >= Rows * Dimensions * sizeof(float));
    }

    [Fact]
    public async Task A_database_in_memory_has_no_files_and_is_not_reopened()
    {
        JsonElement report = await RunAsync("--index", "flat", "--path", ":memory:");

        Assert.Equal(JsonValueKind.Null, report.GetProperty("disk_bytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("open_ms").ValueKind);
        Assert.Equal(1.0, Assert.Single(report.GetProperty("points").EnumerateArray()).GetProperty("recall").GetDouble());
    }

    [Theory]
    [InlineData("--metric", "manhattan")]
    [InlineData("--index", "tree")]
    [InlineData("--ef", "10,x")]
    [InlineData("--ef", "0")]
    [InlineData("--k", "0")]
    public void An_option_that_cannot_be_is_refused(string option, string value) =>
        Assert.Contains(AnnCommand.Create().Parse([.. Files(), option, value]).Errors, error => error.Message.Contains(option, StringComparison.Ordinal));

    [Fact]
    public async Task Files_that_do_not_fit_are_refused()
    {
        VectorSets.Write(_folder.Inside("truth.ivecs"), Enumerable.Repeat(new[] { 1, 2, 3 }, Queries));

        Assert.Equal(1, await AnnCommand.Create().Parse([.. Files(), "--path", ":memory:"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    private async Task<JsonElement> RunAsync(params string[] arguments)
    {
        string file = _folder.Inside("result.json");
        int exitCode = await AnnCommand.Create().Parse([.. Files(), .. arguments, "--out", file])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    private string[] Files() =>
    [
        "--base", _folder.Inside("base.fvecs"),
        "--queries", _folder.Inside("queries.fvecs"),
        "--truth", _folder.Inside("truth.ivecs"),
    ];
}
