using System.Diagnostics;

namespace Helios.Typed.Telemetry;

/// <summary>Starts the spans of what takes time; docs/guide/operations.md lists them.</summary>
internal static class HeliosActivitySource
{
    private static readonly ActivitySource _source = new(HeliosMeter.Name);

    /// <summary>Starts a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="database">What the database is called.</param>
    /// <param name="table">The table, or null.</param>
    /// <returns>The span, to be disposed; null where nobody listens.</returns>
    public static Activity? Start(string name, string database, string? table = null)
    {
        Activity? span = _source.StartActivity(name);
        if (span is not null)
        {
            span.SetTag("db.system.name", "helios.typed");
            span.SetTag("db.namespace", database);
            if (table is not null)
            {
                span.SetTag("db.collection.name", table);
            }
        }

        return span;
    }

    /// <summary>Notes in a span what went wrong; for the filter of a <c>catch</c>, as it never takes the exception.</summary>
    public static bool Failed(Activity? span, Exception error)
    {
        // The message may hold values of the user's: only its type is told.
        span?.SetTag("error.type", error.GetType().FullName);
        span?.SetStatus(ActivityStatusCode.Error);
        return false;
    }
}
