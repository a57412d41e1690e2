using System.Text.Json;
using System.Text.Json.Serialization;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Is the result of the <c>store</c> verb.</summary>
/// <param name="Comparisons">Both sides, in turns, in one run.</param>
/// <param name="Ingest">Ours beside the disk's own rate; null where only inserts were measured.</param>
internal sealed record StoreReport(IReadOnlyList<Comparison> Comparisons, IngestReport? Ingest)
{
    /// <summary>Prints the report as one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StoreReportJson.Default.StoreReport);
}

/// <summary>Is one measure of both sides.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Helios">Ours: the median of the rounds.</param>
/// <param name="Sqlite">SQLite's: the median of the rounds.</param>
internal sealed record Comparison(string Name, string Unit, double Helios, double Sqlite)
{
    /// <summary>Gets ours by theirs.</summary>
    public double Ratio => Math.Round(Helios / Sqlite, 2);
}

/// <summary>Is what ingest reached, and what the disk would.</summary>
/// <param name="Rows">The rows of 384 elements.</param>
/// <param name="RowsPerSecond">Durable rows a second in commits of 1,000, the index left for later.</param>
/// <param name="ImportedRowsPerSecond">Durable rows a second through an import with its default options, the index left for later.</param>
/// <param name="IndexSeconds">The seconds from the end of the import until every row is in the index.</param>
/// <param name="IndexedRowsPerSecond">Imported rows a second until every row is in the index.</param>
/// <param name="DiskBytesPerSecond">The disk's rate in slices of 4 MiB and one sync at the end.</param>
/// <param name="DiskRowsPerSecond">The rows a second that this rate would be.</param>
/// <param name="SyncedBytesPerSecond">The disk's rate in slices of a batch's size with a sync after each.</param>
internal sealed record IngestReport(
    int Rows,
    double RowsPerSecond,
    double ImportedRowsPerSecond,
    double IndexSeconds,
    double IndexedRowsPerSecond,
    double DiskBytesPerSecond,
    double DiskRowsPerSecond,
    double SyncedBytesPerSecond);

/// <summary>Writes reports without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StoreReport))]
internal sealed partial class StoreReportJson : JsonSerializerContext;
