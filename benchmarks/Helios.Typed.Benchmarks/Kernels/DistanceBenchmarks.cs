using BenchmarkDotNet.Attributes;
using Helios.Typed.Numerics;

namespace Helios.Typed.Benchmarks.Kernels;

/// <summary>Measures one distance between two vectors, the definition beside the kernel.</summary>
public class DistanceBenchmarks
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(100, 384, 768, 1536)]
    public int Dimensions { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(Dimensions);
        _x = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle())];
        _y = [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle())];
    }

    [Benchmark(Baseline = true)]
    public float DotReference() => DotKernel.Reference(_x, _y);

    [Benchmark]
    public float Dot() => DotKernel.Dot(_x, _y);

    [Benchmark]
    public float SquaredEuclidean() => EuclideanKernel.Squared(_x, _y);
}
