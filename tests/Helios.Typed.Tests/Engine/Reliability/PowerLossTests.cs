using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Loses power at every operation of the script, under every policy, and again during the recoveries.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int Seed = 20_261_124;

    // What CI has to reach. Fewer would mean that the script or the policies have shrunk.
    private const int RequiredImages = 10_000;
    private const int RequiredNestedImages = 2_000;
    private const int RequiredRelaxedImages = 1_000;

    [Fact]
    public async Task Power_lost_during_any_operation_loses_no_acknowledged_commit()
    {
        IReadOnlyList<ScriptedRun> runs = await Script.PlayAsync(new ScriptSettings());
        CrashCampaign campaign = new(goesOn: true);

        await campaign.RunAsync(runs, seeds: Exhaustive.IsWanted ? 60 : 4, Seed);

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.DistinctImages >= RequiredImages, $"Only {campaign}");
    }

    [Theory]
    [InlineData(Durability.Interval)]
    [InlineData(Durability.None)]
    public async Task Without_full_durability_power_loss_takes_the_newest_commits_and_never_one_from_the_middle(Durability durability)
    {
        IReadOnlyList<ScriptedRun> runs = await Script.PlayAsync(new ScriptSettings(durability));
        CrashCampaign campaign = new(goesOn: false);

        await campaign.RunAsync(runs, seeds: Exhaustive.IsWanted ? 30 : 1, Seed);

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.DistinctImages >= RequiredRelaxedImages, $"Only {campaign}");
    }

    [Fact]
    public async Task Power_lost_again_and_again_during_recovery_changes_nothing()
    {
        IReadOnlyList<ScriptedRun> runs = await Script.PlayAsync(new ScriptSettings());
        NestedCrashes nested = Exhaustive.IsWanted ? new(stride: 1, innerStride: 1) : new(stride: 13, innerStride: 7);

        await nested.RunAsync(runs);

        output.WriteLine(nested.ToString());
        Assert.True(nested.Violations.Count == 0, string.Join(Environment.NewLine, nested.Violations));
        Assert.True(nested.DistinctImages >= RequiredNestedImages, $"Only {nested}");
    }

    [Fact]
    public async Task The_script_does_the_same_operations_every_time()
    {
        IReadOnlyList<ScriptedRun> once = await Script.PlayAsync(new ScriptSettings());
        IReadOnlyList<ScriptedRun> twice = await Script.PlayAsync(new ScriptSettings());
        for (int i = 0; i < once.Count; i++)
        {
            Assert.Equal(once[i].Files.Trace.Select(Describe), twice[i].Files.Trace.Select(Describe));
            Assert.Equal(once[i].Files.Fingerprint(), twice[i].Files.Fingerprint());
        }

        static string Describe(SimulatedOperation operation) => operation.ToString();
    }
}
