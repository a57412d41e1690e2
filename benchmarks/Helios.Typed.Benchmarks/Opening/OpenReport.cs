using System.Text.Json;
using System.Text.Json.Serialization;

namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Is what one process measured after it opened the database.</summary>
internal sealed record OpenReport
{
    public required long BudgetBytes { get; init; }

    public double OpenMs { get; init; }

    public double FirstKeyMs { get; init; }

    /// <summary>Both together.</summary>
    public double ToKeyMs { get; init; }

    public double FirstSearchMs { get; init; }

    /// <summary>Opening once more in the same process, to the first row by key.</summary>
    public double ReopenedMs { get; init; }

    /// <summary>The middle and the slow end of the searches right after the first, while vectors may still be loading.</summary>
    public double EarlyP50Ms { get; init; }

    public double EarlyP95Ms { get; init; }

    /// <summary>The same once all is in memory that has room there.</summary>
    public double SteadyP50Ms { get; init; }

    public double SteadyP95Ms { get; init; }

    public double Recall { get; init; }

    public double ResidentMb { get; init; }

    public double PeakResidentMb { get; init; }

    public double ManagedMb { get; init; }

    /// <summary>The most native memory that was taken at once.</summary>
    public double PeakNativeMb { get; init; }

    /// <summary>The rows that came out of logs.</summary>
    public long Replayed { get; init; }

    /// <summary>Takes the times of opening from others: the median of each.</summary>
    public OpenReport WithMedians(IReadOnlyList<OpenReport> openings) => this with
    {
        OpenMs = Median(openings, static report => report.OpenMs),
        FirstKeyMs = Median(openings, static report => report.FirstKeyMs),
        ToKeyMs = Median(openings, static report => report.OpenMs + report.FirstKeyMs),
        FirstSearchMs = Median(openings, static report => report.FirstSearchMs),
        ReopenedMs = Median(openings, static report => report.ReopenedMs),
    };

    public string ToJson() => JsonSerializer.Serialize(this, OpenReportContext.Default.OpenReport);

    public static OpenReport Parse(string json) => JsonSerializer.Deserialize(json, OpenReportContext.Default.OpenReport)!;

    private static double Median(IReadOnlyList<OpenReport> openings, Func<OpenReport, double> figure)
    {
        double[] sorted = [.. openings.Select(figure).Order()];
        return sorted[sorted.Length / 2];
    }
}

/// <summary>Writes reports without reflection.</summary>
[JsonSerializable(typeof(OpenReport))]
internal sealed partial class OpenReportContext : JsonSerializerContext;
