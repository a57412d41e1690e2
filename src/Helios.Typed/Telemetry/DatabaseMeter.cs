namespace Helios.Typed.Telemetry;

/// <summary>Measures one database.</summary>
/// <param name="name">What measurements call it: its path.</param>
internal sealed class DatabaseMeter(string name)
{
    /// <summary>Gets what spans call the database.</summary>
    public string Name => name;

    /// <summary>Gets the tag that tells the database.</summary>
    public KeyValuePair<string, object?> Tag { get; } = new("db.namespace", name);

    /// <summary>Counts a group of commits.</summary>
    public void Committed(long commits, long rows, long bytes)
    {
        HeliosMeter.Commits.Add(commits, Tag);
        HeliosMeter.Rows.Add(rows, Tag);
        HeliosMeter.LogBytes.Add(bytes, Tag);
    }

    /// <summary>Notes a sync of the log.</summary>
    public void Synced(TimeSpan elapsed) => HeliosMeter.LogSyncs.Record(elapsed.TotalSeconds, Tag);

    /// <summary>Notes a flush.</summary>
    public void Flushed(TimeSpan elapsed) => HeliosMeter.Flushes.Record(elapsed.TotalSeconds, Tag);

    /// <summary>Notes a merge.</summary>
    public void Merged(string table, TimeSpan elapsed) => HeliosMeter.Merges.Record(elapsed.TotalSeconds, Tag, TableTag(table));

    /// <summary>Counts rows that were brought into a graph.</summary>
    public void Indexed(string table, long rows) => HeliosMeter.IndexedRows.Add(rows, Tag, TableTag(table));

    /// <summary>Notes that a writer was held back.</summary>
    public void Stalled(TimeSpan elapsed) => HeliosMeter.Stalls.Record(elapsed.TotalSeconds, Tag);

    /// <summary>Notes a query.</summary>
    /// <param name="kind">What kind.</param>
    /// <param name="table">The table.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Queried(string kind, string table, TimeSpan elapsed) =>
        HeliosMeter.Queries.Record(elapsed.TotalSeconds, Tag, TableTag(table), new KeyValuePair<string, object?>("db.operation.name", kind));

    private static KeyValuePair<string, object?> TableTag(string table) => new("db.collection.name", table);
}
