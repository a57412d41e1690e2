namespace Helios.Typed.Numerics;

/// <summary>Is work that is compiled once for each metric and element type.</summary>
internal interface IDistanceOperation
{
    /// <summary>Does the work.</summary>
    /// <typeparam name="TDistance">The metric.</typeparam>
    /// <typeparam name="TElement"><see cref="float"/> or <see cref="Half"/>.</typeparam>
    void Run<TDistance, TElement>()
        where TDistance : struct, IDistance
        where TElement : unmanaged;
}

/// <summary>Turns a metric's name into the code for it: the one place that tells metrics apart.</summary>
internal static class DistanceDispatch
{
    /// <summary>Runs work for a metric and an element type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public static void Run<TOperation>(Metric metric, bool isHalf, ref TOperation operation)
        where TOperation : struct, IDistanceOperation, allows ref struct
    {
        switch (metric)
        {
            case Metric.Cosine:
                Run<CosineDistance, TOperation>(isHalf, ref operation);
                break;
            case Metric.Euclidean:
                Run<EuclideanDistance, TOperation>(isHalf, ref operation);
                break;
            case Metric.InnerProduct:
                Run<InnerProductDistance, TOperation>(isHalf, ref operation);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(metric), metric, "There is no such metric. Use Cosine, Euclidean or InnerProduct.");
        }
    }

    /// <summary>Says how a metric's ranks follow from inner products.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such metric.</exception>
    public static RankForm FormOf(Metric metric)
    {
        FormReader reader = default;
        Run(metric, isHalf: false, ref reader);
        return reader.Form;
    }

    private static void Run<TDistance, TOperation>(bool isHalf, ref TOperation operation)
        where TDistance : struct, IDistance
        where TOperation : struct, IDistanceOperation, allows ref struct
    {
        if (isHalf)
        {
            operation.Run<TDistance, Half>();
        }
        else
        {
            operation.Run<TDistance, float>();
        }
    }

    private struct FormReader : IDistanceOperation
    {
        public RankForm Form;

        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged => Form = TDistance.Form;
    }
}
