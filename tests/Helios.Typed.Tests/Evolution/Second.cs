using System.ComponentModel;
using System.ComponentModel.DataAnnotations.Schema;

namespace Helios.Typed.Tests.Evolution.Second;

/// <summary>Says how a letter came.</summary>
public enum Post
{
    Slow = 1,
    Fast = 2,
}

/// <summary>Is the same record later: table and columns renamed, one column looser, one gone, several new.</summary>
[Table("mail")]
[FormerName("letters")]
public sealed partial record Mail
{
    public long Id { get; init; }

    [Indexed]
    [FormerName("Heading")]
    public required string Title { get; init; }

    public int? Pages { get; init; }

    [DefaultValue(true)]
    public bool IsOpen { get; init; } = true;

    [DefaultValue(Post.Fast)]
    public Post Post { get; init; } = Post.Fast;

    [Indexed]
    [DefaultValue("unknown")]
    public string Sender { get; init; } = "unknown";

    [DefaultValue(typeof(decimal), "9.90")]
    public decimal Fee { get; init; } = 9.90m;

    [DefaultValue(typeof(DateOnly), "2020-02-29")]
    public DateOnly Day { get; init; }

    [DefaultValue(typeof(Guid), "00000000-0000-0000-0000-000000000007")]
    public Guid Route { get; init; }

    [DefaultValue(0.5)]
    public double Weight { get; init; } = 0.5;

    [DefaultValue(typeof(DateTimeOffset), "2020-01-01T00:00:00+02:00")]
    public DateTimeOffset Sent { get; init; }

    public string[] Tags { get; init; } = [];

    [VectorColumn(2, Metric.Euclidean)]
    public ReadOnlyMemory<float>? Mood { get; init; }

    [FormerName("Place")]
    [VectorColumn(2, Metric.Euclidean, Index = IndexKind.Hnsw)]
    public ReadOnlyMemory<float> Spot { get; init; }
}
