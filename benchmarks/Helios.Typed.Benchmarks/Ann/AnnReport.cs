using System.Text.Json;
using System.Text.Json.Serialization;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Is the result of the <c>ann</c> verb; its JSON form is what later work is measured by, and stays.</summary>
internal sealed record AnnReport
{
    public required int Rows { get; init; }

    public required int Dims { get; init; }

    public required string Metric { get; init; }

    public required string Index { get; init; }

    public required string Quantization { get; init; }

    /// <summary>Durable inserts a second, through the store's own API.</summary>
    [JsonPropertyName("insert_rows_s")]
    public required double InsertRowsPerSecond { get; init; }

    /// <summary>The seconds from the last insert until every row is in the index.</summary>
    [JsonPropertyName("build_s")]
    public required double BuildSeconds { get; init; }

    public required int BuildThreads { get; init; }

    /// <summary>Resident memory after the queries, on the reopened database.</summary>
    public double RssMb { get; init; }

    /// <summary>The most resident memory at any time of the run.</summary>
    public double PeakRssMb { get; init; }

    /// <summary>The bytes of the closed database's files by kind; null in memory.</summary>
    public IReadOnlyDictionary<string, long>? DiskBytes { get; init; }

    /// <summary>Closing and opening the database again after the build; null in memory, where closing would lose it.</summary>
    public double? OpenMs { get; init; }

    /// <summary>The first query after opening, which loads what it needs.</summary>
    public double FirstQueryMs { get; init; }

    public IReadOnlyList<AnnPoint> Points { get; init; } = [];

    /// <summary>Prints the report as one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, AnnReportJson.Default.AnnReport);
}

/// <summary>Is one point of the curve: what a beam gives, and what it costs.</summary>
/// <param name="Ef">The beam; 0 for an exact scan, which has none.</param>
/// <param name="Recall">The share of the true k nearest that were returned.</param>
/// <param name="Qps">Queries a second in the fastest pass.</param>
/// <param name="P50Us">The median time of a query over all passes, in microseconds.</param>
/// <param name="P95Us">What 95 % of the queries stay within.</param>
/// <param name="P99Us">What 99 % of the queries stay within.</param>
internal sealed record AnnPoint(int Ef, double Recall, double Qps, double P50Us, double P95Us, double P99Us);

/// <summary>Writes reports without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AnnReport))]
internal sealed partial class AnnReportJson : JsonSerializerContext;
