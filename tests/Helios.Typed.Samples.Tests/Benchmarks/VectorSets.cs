using System.Buffers.Binary;

namespace Helios.Typed.Samples.Tests.Benchmarks;

/// <summary>Writes small files of vectors whose nearest neighbors are known.</summary>
internal static class VectorSets
{
    /// <summary>Writes rows as an fvecs file.</summary>
    public static void WriteFloats(string path, IEnumerable<float[]> rows) =>
        Write(path, rows.Select(row => row.Select(BitConverter.SingleToInt32Bits).ToArray()));

    /// <summary>Writes rows as an ivecs file.</summary>
    public static void Write(string path, IEnumerable<int[]> rows)
    {
        using FileStream file = File.Create(path);
        byte[] value = new byte[sizeof(int)];
        foreach (int[] row in rows)
        {
            foreach (int number in row.Prepend(row.Length))
            {
                BinaryPrimitives.WriteInt32LittleEndian(value, number);
                file.Write(value);
            }
        }
    }

    /// <summary>Makes vectors of independent normal components.</summary>
    public static float[][] Normal(int seed, int count, int dimensions)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimensions).Select(_ => Next(random)).ToArray())];
    }

    /// <summary>Finds the rows nearest to each query by cosine, by comparing with all.</summary>
    public static IEnumerable<int[]> NearestByCosine(float[][] rows, float[][] queries, int count) =>
        queries.Select(query => Enumerable.Range(0, rows.Length)
            .OrderByDescending(row => Dot(rows[row], query) / Math.Sqrt(Dot(rows[row], rows[row])))
            .Take(count)
            .ToArray());

    private static float Next(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();
}
