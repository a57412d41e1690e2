namespace Helios.Typed.Benchmarks.Store;

/// <summary>Holds vectors made before the clock runs; rows take them in turn.</summary>
internal sealed class RandomVectors
{
    private const int Count = 4_096;

    private readonly float[][] _vectors;

    /// <summary>Makes the vectors: uniform over a cube around the origin, the same each time.</summary>
    public RandomVectors(int dimensions)
    {
        Random random = new(Seed: 1);
        _vectors = new float[Count][];
        for (int i = 0; i < Count; i++)
        {
            _vectors[i] = new float[dimensions];
            for (int j = 0; j < dimensions; j++)
            {
                _vectors[i][j] = random.NextSingle() - 0.5f;
            }
        }
    }

    /// <summary>Gives the vector of a row.</summary>
    public ReadOnlyMemory<float> this[long row] => _vectors[row % Count];
}
