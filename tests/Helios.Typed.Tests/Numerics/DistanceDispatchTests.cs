using Helios.Typed.Numerics;
using Xunit;

namespace Helios.Typed.Tests.Numerics;

public sealed class DistanceDispatchTests
{
    [Theory]
    [InlineData(Metric.Cosine, false, typeof(CosineDistance), typeof(float))]
    [InlineData(Metric.Cosine, true, typeof(CosineDistance), typeof(Half))]
    [InlineData(Metric.Euclidean, false, typeof(EuclideanDistance), typeof(float))]
    [InlineData(Metric.Euclidean, true, typeof(EuclideanDistance), typeof(Half))]
    [InlineData(Metric.InnerProduct, false, typeof(InnerProductDistance), typeof(float))]
    [InlineData(Metric.InnerProduct, true, typeof(InnerProductDistance), typeof(Half))]
    public void Each_metric_and_element_has_its_own_code(Metric metric, bool isHalf, Type distance, Type element)
    {
        Recorder recorder = default;

        DistanceDispatch.Run(metric, isHalf, ref recorder);

        Assert.Equal((distance, element), (recorder.Distance, recorder.Element));
    }

    [Fact]
    public void An_unknown_metric_is_refused_by_its_value()
    {
        Recorder recorder = default;

        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(() => DistanceDispatch.Run((Metric)9, false, ref recorder));

        Assert.Equal((Metric)9, exception.ActualValue);
    }

    private struct Recorder : IDistanceOperation
    {
        public Type? Distance;
        public Type? Element;

        public void Run<TDistance, TElement>()
            where TDistance : struct, IDistance
            where TElement : unmanaged
        {
            Distance = typeof(TDistance);
            Element = typeof(TElement);
        }
    }
}
