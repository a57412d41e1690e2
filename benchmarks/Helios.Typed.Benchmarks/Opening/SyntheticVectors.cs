namespace Helios.Typed.Benchmarks.Opening;

/// <summary>Draws vectors around centers, in few directions each, as embeddings of text lie; the same for the same seed.</summary>
internal sealed class SyntheticVectors
{
    private const int Centers = 1_000;
    private const int Directions = 24;
    private const int SeedOfCenters = 97;

    private readonly int _dimensions;
    private readonly float[][] _centers;
    private readonly float[][] _directions;

    public SyntheticVectors(int dimensions)
    {
        _dimensions = dimensions;
        Random random = new(SeedOfCenters);
        _centers = [.. Enumerable.Range(0, Centers).Select(_ => Gaussian(random, dimensions))];
        _directions = [.. Enumerable.Range(0, Directions).Select(_ => Gaussian(random, dimensions))];
    }

    /// <summary>Draws the vector of a number.</summary>
    public float[] Draw(int number)
    {
        Random random = new(number);
        float[] vector = (float[])_centers[random.Next(Centers)].Clone();
        foreach (float[] direction in _directions)
        {
            float along = Gaussian(random) * 0.35f;
            for (int i = 0; i < _dimensions; i++)
            {
                vector[i] += along * direction[i];
            }
        }

        for (int i = 0; i < _dimensions; i++)
        {
            vector[i] += 0.3f * Gaussian(random);
        }

        return vector;
    }

    private static float[] Gaussian(Random random, int dimensions)
    {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            vector[i] = Gaussian(random);
        }

        return vector;
    }

    private static float Gaussian(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
