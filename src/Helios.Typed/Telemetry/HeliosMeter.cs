using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Helios.Typed.Telemetry;

/// <summary>Holds the instruments of all databases of the process; docs/guide/operations.md lists them.</summary>
/// <remarks>A measurement tells its database by the tag <c>db.namespace</c>. Nothing is measured, and no gauge read, while nobody listens.</remarks>
internal static class HeliosMeter
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Helios.Typed";

    private static readonly Meter _meter = new(Name);
    private static readonly ConcurrentDictionary<DatabaseMeter, Func<DatabaseGauges>> _open = new();

    static HeliosMeter()
    {
        _meter.CreateObservableUpDownCounter("helios.segment.count", static () => Observe(static gauges => gauges.Segments), "{segment}", "The segments of all tables.");
        _meter.CreateObservableUpDownCounter("helios.memory.usage", ObserveMemory, "By", "The memory used, by what it is for.");
        _meter.CreateObservableUpDownCounter("helios.memory.limit", static () => Observe(static gauges => gauges.MemoryBudget), "By", "The memory budget.");
        _meter.CreateObservableUpDownCounter("helios.memtable.size", static () => Observe(static gauges => gauges.FreshBytes), "By", "The rows that are in no segment yet.");
        _meter.CreateObservableUpDownCounter("helios.flush.pending", static () => Observe(static gauges => gauges.WaitingFlushes), "{flush}", "The sealed sets of memtables that wait to be flushed.");
        _meter.CreateObservableGauge("helios.commit.lag", static () => Observe(static gauges => gauges.Lag), "{commit}", "The commits that are seen and not yet durable.");
    }

    /// <summary>Gets the count of commits.</summary>
    public static Counter<long> Commits { get; } = _meter.CreateCounter<long>("helios.commit.count", "{commit}", "The commits written.");

    /// <summary>Gets the count of writes of single rows.</summary>
    public static Counter<long> Rows { get; } = _meter.CreateCounter<long>("helios.commit.rows", "{row}", "The inserts, updates, upserts and deletes committed.");

    /// <summary>Gets the count of bytes logged.</summary>
    public static Counter<long> LogBytes { get; } = _meter.CreateCounter<long>("helios.log.io", "By", "The bytes of commits written to the log.");

    /// <summary>Gets the time of syncs of the log.</summary>
    public static Histogram<double> LogSyncs { get; } = _meter.CreateHistogram<double>("helios.log.sync.duration", "s", "The time that a sync of the log took.");

    /// <summary>Gets the time of flushes.</summary>
    public static Histogram<double> Flushes { get; } = _meter.CreateHistogram<double>("helios.flush.duration", "s", "The time that writing memtables to segments took.");

    /// <summary>Gets the time of merges.</summary>
    public static Histogram<double> Merges { get; } = _meter.CreateHistogram<double>("helios.merge.duration", "s", "The time that making one segment of several took.");

    /// <summary>Gets the count of rows brought into graphs.</summary>
    public static Counter<long> IndexedRows { get; } = _meter.CreateCounter<long>("helios.index.rows", "{row}", "The rows brought into graphs.");

    /// <summary>Gets the time of queries.</summary>
    public static Histogram<double> Queries { get; } = _meter.CreateHistogram<double>("helios.query.duration", "s", "The time from the start of a query until its results were read.");

    /// <summary>Gets the time that writers were held back.</summary>
    public static Histogram<double> Stalls { get; } = _meter.CreateHistogram<double>("helios.write.stall.duration", "s", "The time that a writer waited for memory to be flushed.");

    /// <summary>Makes the instruments, where nothing has asked for one yet.</summary>
    public static void Prepare() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(HeliosMeter).TypeHandle);

    /// <summary>Lets the gauges of a database be read from now on.</summary>
    public static void Watch(DatabaseMeter database, Func<DatabaseGauges> read) => _open[database] = read;

    /// <summary>Lets the gauges of a database be read no more.</summary>
    public static void Forget(DatabaseMeter database) => _open.TryRemove(database, out _);

    private static IEnumerable<Measurement<long>> Observe(Func<DatabaseGauges, long> figure)
    {
        foreach ((DatabaseMeter database, Func<DatabaseGauges> read) in _open)
        {
            yield return new Measurement<long>(figure(read()), database.Tag);
        }
    }

    private static IEnumerable<Measurement<long>> ObserveMemory()
    {
        foreach ((DatabaseMeter database, Func<DatabaseGauges> read) in _open)
        {
            DatabaseGauges gauges = read();
            yield return Of("memtables", gauges.Memtables);
            yield return Of("pages", gauges.Pages);
            yield return Of("graphs", gauges.Graphs);
            yield return Of("vectors", gauges.Vectors);

            Measurement<long> Of(string kind, long bytes) => new(bytes, database.Tag, new KeyValuePair<string, object?>("helios.memory.kind", kind));
        }
    }
}

/// <summary>Is what the gauges of one database show at one moment; bytes but for the counts.</summary>
internal readonly record struct DatabaseGauges(
    long Segments, long FreshBytes, long Memtables, long Pages, long Graphs, long Vectors, long MemoryBudget, long WaitingFlushes, long Lag);
