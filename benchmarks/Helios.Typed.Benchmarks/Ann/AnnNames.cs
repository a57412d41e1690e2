namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Names metrics, indexes and codes as the command line and the report do.</summary>
internal static class AnnNames
{
    public static Dictionary<string, Metric> Metrics { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cosine"] = Metric.Cosine,
        ["l2"] = Metric.Euclidean,
        ["ip"] = Metric.InnerProduct,
    };

    public static Dictionary<string, IndexKind> Indexes { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["flat"] = IndexKind.Flat,
        ["hnsw"] = IndexKind.Hnsw,
    };

    public static Dictionary<string, Quantization> Quantizations { get; } =
        Enum.GetValues<Quantization>().ToDictionary(Of, StringComparer.OrdinalIgnoreCase);

    public static string Of(Metric metric) => Metrics.Single(pair => pair.Value == metric).Key;

    public static string Of(IndexKind index) => Indexes.Single(pair => pair.Value == index).Key;

    public static string Of(Quantization quantization) => quantization.ToString().ToLowerInvariant();
}
