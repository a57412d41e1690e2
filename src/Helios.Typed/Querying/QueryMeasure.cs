using System.Diagnostics;
using Helios.Typed.Engine;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Querying;

/// <summary>Measures one query, from its start until its results were read: a span and a duration.</summary>
internal sealed class QueryMeasure
{
    private readonly DatabaseEngine _engine;
    private readonly string _kind;
    private readonly string _table;
    private readonly Activity? _span;
    private readonly long _started;

    private QueryMeasure(DatabaseEngine engine, string kind, string table, Activity? span)
    {
        _engine = engine;
        _kind = kind;
        _table = table;
        _span = span;
        _started = engine.Clock.GetTimestamp();
        span?.SetTag("db.operation.name", kind);
    }

    /// <summary>Starts to measure.</summary>
    /// <returns>Null where nobody listens.</returns>
    public static QueryMeasure? Start(BoundTable table, string kind)
    {
        string name = table.Schema.Declared.Name;
        Activity? span = HeliosActivitySource.Start("helios.query", table.Engine.Meter.Name, name);
        return span is null && !HeliosMeter.Queries.Enabled ? null : new QueryMeasure(table.Engine, kind, name, span);
    }

    /// <summary>Names the kind of a query that is read.</summary>
    public static string KindOf(AccessPath path) => path switch
    {
        AccessPath.KeyLookup => "lookup",
        AccessPath.VectorSearch => "nearest",
        AccessPath.KeyOrderedScan => "scan",
        AccessPath.SortedScan => "sort",
        _ => "nothing",
    };

    /// <summary>Ends with the query.</summary>
    /// <param name="rows">The rows that it gave, or null where it gives none.</param>
    public void End(long? rows = null)
    {
        if (rows is { } count)
        {
            _span?.SetTag("db.response.returned_rows", count);
        }

        _engine.Meter.Queried(_kind, _table, _engine.Clock.GetElapsedTime(_started));
        _span?.Dispose();
    }

    /// <summary>Ends with a query that failed; for the filter of a <c>catch</c>, as it never takes the exception.</summary>
    public bool Fail(Exception error)
    {
        HeliosActivitySource.Failed(_span, error);
        End();
        return false;
    }
}
