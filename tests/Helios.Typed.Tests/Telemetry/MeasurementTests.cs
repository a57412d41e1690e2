using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Helios.Typed.Tests.EndToEnd;
using Helios.Typed.Tests.Storage.Files;
using Xunit;

namespace Helios.Typed.Tests.Telemetry;

/// <summary>Listens to a database as OpenTelemetry does; others that run beside it are told apart by their path.</summary>
public sealed class MeasurementTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string DatabasePath => Path.Combine(_directory.Path, "measured.helios");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Commits_flushes_indexing_and_queries_are_measured()
    {
        using MeterListener listener = Listen();
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(DatabasePath, cancellationToken: Token);
        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync([ArticleOf(1), ArticleOf(2)], Token);
        await articles.DeleteAsync(1, Token);
        await database.CheckpointAsync(Token);
        await articles.GetAsync(2, Token);
        await articles.Nearest(a => a.Embedding, new float[] { 1, 2, 0, 0 }).Take(1).ToListAsync(Token);
        await articles.Where(a => a.Category == "manual").ToListAsync(Token);
        await articles.Where(a => a.Category == "manual").CountAsync(Token);

        Assert.Equal(2, Sum("helios.commit.count"));
        Assert.Equal(3, Sum("helios.commit.rows"));
        Assert.Equal((await database.GetStatisticsAsync(Token)).Written.CommittedBytes, Sum("helios.log.io"));
        Assert.True(Of("helios.log.sync.duration").Count() >= 2);
        Assert.Single(Of("helios.flush.duration"));
        Assert.Equal(["count", "get", "nearest", "scan"], Of("helios.query.duration").Select(one => (string)one.Tags["db.operation.name"]!).Order(StringComparer.Ordinal));
        Assert.All(Of("helios.query.duration"), one => Assert.Equal("Article", (string)one.Tags["db.collection.name"]!));
        Assert.All(_measured, one => Assert.True(one.Value >= 0, one.Name));
    }

    [Fact]
    public async Task Gauges_show_an_open_database_and_go_with_it()
    {
        using MeterListener listener = Listen();
        HeliosDatabase database = await HeliosDatabase.OpenAsync(DatabasePath, options => options.Durability = Durability.None, cancellationToken: Token);
        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync(ArticleOf(1), Token);
        listener.RecordObservableInstruments();

        Assert.Equal(0, Sum("helios.segment.count"));
        Assert.Equal(1, Sum("helios.commit.lag"));
        Assert.True(Sum("helios.memtable.size") > 0);
        DatabaseStatistics statistics = await database.GetStatisticsAsync(Token);
        Assert.Equal(statistics.Memory.BudgetBytes, Sum("helios.memory.limit"));
        Assert.Equal(["graphs", "memtables", "pages", "vectors"], Of("helios.memory.usage").Select(one => (string)one.Tags["helios.memory.kind"]!).Order(StringComparer.Ordinal));
        Assert.Equal(statistics.Memory.MemtableBytes, Of("helios.memory.usage").Single(one => (string)one.Tags["helios.memory.kind"]! == "memtables").Value);

        await database.CheckpointAsync(Token);
        _measured.Clear();
        listener.RecordObservableInstruments();
        Assert.Equal(1, Sum("helios.segment.count"));
        Assert.Equal(0, Sum("helios.commit.lag"));

        await database.DisposeAsync();
        _measured.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(_measured);
    }

    [Fact]
    public async Task What_takes_time_is_a_span()
    {
        ConcurrentQueue<Activity> spans = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "Helios.Typed",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (DatabasePath.Equals(span.GetTagItem("db.namespace")))
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using HeliosDatabase database = await HeliosDatabase.OpenAsync(DatabasePath, cancellationToken: Token);
        HeliosStore<Article> articles = database.Store<Article>();
        await articles.InsertAsync([ArticleOf(1), ArticleOf(2)], Token);
        await database.CheckpointAsync(Token);
        await articles.DeleteAsync(1, Token);
        await database.PurgeAsync(Token);
        await articles.Nearest(a => a.Embedding, new float[] { 1, 2, 0, 0 }).Take(1).ToListAsync(Token);
        await database.BackupAsync(Path.Combine(_directory.Path, "backup"), cancellationToken: Token);
        await Assert.ThrowsAsync<HeliosException>(() => database.BackupAsync(DatabasePath, cancellationToken: Token));

        string[] expected = ["helios.checkpoint", "helios.merge", "helios.query", "helios.backup"];
        Assert.Empty(expected.Except(spans.Select(span => span.OperationName), StringComparer.Ordinal));
        Activity query = Assert.Single(spans, span => span.OperationName == "helios.query");
        Assert.Equal(("nearest", 1L), ((string?)query.GetTagItem("db.operation.name"), (long?)query.GetTagItem("db.response.returned_rows")));
        Activity failed = Assert.Single(spans, span => span.Status == ActivityStatusCode.Error);
        Assert.Equal(("helios.backup", typeof(HeliosException).FullName), (failed.OperationName, (string?)failed.GetTagItem("error.type")));
        Assert.Null(Activity.Current);
    }

    private MeterListener Listen()
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Helios.Typed")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        return listener;
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> named = new(tags.ToArray(), StringComparer.Ordinal);
        if (DatabasePath.Equals(named["db.namespace"]))
        {
            _measured.Enqueue((instrument.Name, value, named));
        }
    }

    private IEnumerable<(string Name, double Value, Dictionary<string, object?> Tags)> Of(string name) => _measured.Where(one => one.Name == name);

    private double Sum(string name) => Of(name).Sum(one => one.Value);

    private static Article ArticleOf(int id) =>
        new() { Id = id, Title = $"article {id}", Category = "manual", Embedding = new float[] { 1, id, 0, 0 } };
}
