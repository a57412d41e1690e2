using Helios.Typed.Engine;
using Xunit;

namespace Helios.Typed.Tests.Engine;

public sealed class GraphOrScanTests
{
    [Theory]
    [InlineData(1_000_000, 1_000_000, 64, 16, false)]
    [InlineData(50_000, 50_000, 64, 16, false)]
    [InlineData(3_000, 3_000, 64, 16, true)]
    [InlineData(1_000_000, 0, 64, 16, true)]
    [InlineData(1_000_000, 1_000, 64, 16, true)]
    [InlineData(1_000_000, GraphOrScan.FewRows, 64, 16, true)]
    [InlineData(1_000_000, 30_000, 64, 16, true)]
    [InlineData(1_000_000, 100_000, 64, 16, false)]
    [InlineData(1_000_000, 500_000, 64, 16, false)]
    [InlineData(12_000, 9_000, 64, 16, false)]
    [InlineData(1_000_000, 1_000_000, 100_000, 16, true)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 128, true)]
    public void The_cheaper_and_safer_way_is_taken(int count, int matching, int beam, int maxConnections, bool scan) =>
        Assert.Equal(scan, GraphOrScan.PrefersScan(count, matching, beam, maxConnections));
}
