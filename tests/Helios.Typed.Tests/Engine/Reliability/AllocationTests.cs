using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Refuses every allocation of native memory that the script asks for.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Memory_that_is_refused_anywhere_loses_no_commit_and_stops_no_writes(bool forever)
    {
        List<FailingAllocator> counting = [];
        IReadOnlyList<ScriptedRun> whole = await Script.PlayAsync(new ScriptSettings { NewAllocator = NewCounting });
        FaultCampaign campaign = new(whole);

        await campaign.RunAsync(counting.SelectMany((act, number) => Enumerable.Range(1, (int)act.Count)
            .Select(allocation => new PlannedFault(number, allocation, $"memory refused{(forever ? " for good" : "")}", static _ => { })
            {
                NewAllocator = () => new FailingAllocator(allocation, forever),
                MustNotStopWrites = true,
            })));

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.Failed > 100, $"Only {campaign}");
        Assert.True(forever || campaign.WentOn > 50, $"Only {campaign}");

        FailingAllocator NewCounting()
        {
            FailingAllocator allocator = new(long.MaxValue, forever: false);
            counting.Add(allocator);
            return allocator;
        }
    }
}
