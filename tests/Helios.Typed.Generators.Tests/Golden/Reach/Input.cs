using System;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Helios.Typed;

namespace Shop;

internal enum Mood
{
    Glad,
}

// A public record with columns that other assemblies do not see.
public partial record Diary
{
    [SetsRequiredMembers]
    public Diary(string text) => Text = text;

    [Key]
    public int Day { get; init; }

    public required string Text { get; init; }

    [Indexed]
    internal Mood Mood { get; init; }

    internal int Ignored { get; init; }

    [VectorColumn(4)]
    internal ReadOnlyMemory<float> Embedding { get; init; }

    [VectorColumn(4, Metric.Euclidean)]
    public Half[] Voice { get; init; } = [];

    // A constructor that needs what no property gives is passed over.
    public Diary(string text, object context)
    {
        Text = text;
        _ = context;
    }
}
