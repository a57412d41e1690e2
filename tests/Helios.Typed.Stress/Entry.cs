using System.Globalization;

namespace Helios.Typed.Stress;

/// <summary>Is a row whose every value follows from its id and version, so that a torn or mixed one shows.</summary>
public sealed partial record Entry
{
    /// <summary>The vector's elements.</summary>
    public const int Dimensions = 32;

    private const int TextLength = 600;

    public required long Id { get; init; }

    public required int Version { get; init; }

    public required string Text { get; init; }

    [VectorColumn(Dimensions, Metric.Cosine, Index = IndexKind.Hnsw, M = 8, EfConstruction = 40)]
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>Makes the row of an id and version.</summary>
    public static Entry Create(long id, int version) => new() { Id = id, Version = version, Text = TextOf(id, version), Vector = VectorOf(id, version) };

    /// <summary>Says whether every value is that of the id and version.</summary>
    public bool IsWhole() => Text == TextOf(Id, Version) && Vector.Span.SequenceEqual(VectorOf(Id, Version));

    /// <summary>Makes the vector of an id and version.</summary>
    public static float[] VectorOf(long id, int version)
    {
        Random random = new(HashCode(id, version));
        float[] vector = new float[Dimensions];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = random.NextSingle() - 0.5f;
        }

        return vector;
    }

    private static string TextOf(long id, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{id}/{version}/").PadRight(TextLength, (char)('a' + ((id + version) % 26)));

    // The framework's own differs from run to run.
    private static int HashCode(long id, int version) => unchecked((int)((id * 31) + version));
}
