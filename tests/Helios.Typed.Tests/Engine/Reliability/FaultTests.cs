using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Makes every operation and every read of the script fail, openly or not.</summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    // Of the reads, which are many and alike, CI takes one in so many; which, differs from kind to kind.
    private const int Stride = 7;

    [Theory]
    [InlineData(nameof(FaultKind.IoError), false)]
    [InlineData(nameof(FaultKind.IoError), true)]
    [InlineData(nameof(FaultKind.NoSpace), false)]
    [InlineData(nameof(FaultKind.NoSpace), true)]
    [InlineData(nameof(FaultKind.SyncLosesPages), false)]
    [InlineData(nameof(FaultKind.SyncLosesPages), true)]
    [InlineData(nameof(FaultKind.SyncRevertsPages), false)]
    [InlineData(nameof(FaultKind.SyncRevertsPages), true)]
    [InlineData(nameof(FaultKind.ShortWrite), false)]
    [InlineData(nameof(FaultKind.ShortWrite), true)]
    public async Task A_fault_in_any_operation_loses_no_acknowledged_commit_and_is_over_after_reopening(string kindName, bool forever)
    {
        FaultKind kind = Enum.Parse<FaultKind>(kindName);
        IReadOnlyList<ScriptedRun> whole = await Script.PlayAsync(new ScriptSettings());
        FaultCampaign campaign = new(whole);

        await campaign.RunAsync(whole.SelectMany((run, act) => run.Files.Trace
            .Select((operation, i) => (Operation: operation, Number: i + 1))
            .Where(item => Meets(kind, item.Operation))
            .Select(item => new PlannedFault(act, item.Number, $"{kind}{(forever ? " for good" : "")} ({item.Operation})", files => files.FailAt(item.Number, kind, forever))
            {
                MustNotStopWrites = kind == FaultKind.NoSpace,
            })));

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.Met > 100, $"Only {campaign}");
        Assert.True(campaign.BecameReadOnly > 0 == (kind is not (FaultKind.NoSpace or FaultKind.ShortWrite)), campaign.ToString());
    }

    [Theory]
    [InlineData(nameof(ReadFault.IoError), false)]
    [InlineData(nameof(ReadFault.IoError), true)]
    [InlineData(nameof(ReadFault.Stale), false)]
    [InlineData(nameof(ReadFault.Misdirected), false)]
    [InlineData(nameof(ReadFault.FlippedBit), false)]
    public async Task A_read_that_fails_or_gives_other_bytes_leads_to_an_error_and_to_no_wrong_answer(string kindName, bool forever)
    {
        ReadFault kind = Enum.Parse<ReadFault>(kindName);
        IReadOnlyList<ScriptedRun> whole = await Script.PlayAsync(new ScriptSettings { ChecksAtEnd = true });
        FaultCampaign campaign = new(whole);

        await campaign.RunAsync(whole.SelectMany((run, act) => Enumerable.Range(1, (int)run.Files.ReadCount)
            .Where(read => Exhaustive.IsWanted || (read + act + (int)kind) % Stride == 0)
            .Select(read => new PlannedFault(act, read, $"{kind}{(forever ? " for good" : "")}", files => files.FailReadAt(read, kind, forever)) { MayDamage = kind != ReadFault.IoError })));

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.Met > 100, $"Only {campaign}");
    }

    [Theory]
    [InlineData(nameof(SilentFault.LostWrite))]
    [InlineData(nameof(SilentFault.MisdirectedWrite))]
    public async Task A_write_that_the_device_lied_about_is_found_out_or_does_no_harm(string kindName)
    {
        SilentFault kind = Enum.Parse<SilentFault>(kindName);
        IReadOnlyList<ScriptedRun> whole = await Script.PlayAsync(new ScriptSettings());
        FaultCampaign campaign = new(whole);

        await campaign.RunAsync(whole.SelectMany((run, act) => run.Files.Trace
            .Select((operation, i) => (Operation: operation, Number: i + 1))
            .Where(item => item.Operation.Kind == OperationKind.Write && !IsSeal(item.Operation))
            .Select(item => new PlannedFault(act, item.Number, $"{kind} ({item.Operation})", files => files.LieAt(item.Number, kind)) { MayDamage = true })));

        output.WriteLine(campaign.ToString());
        Assert.True(campaign.Violations.Count == 0, string.Join(Environment.NewLine, campaign.Violations));
        Assert.True(campaign.RefusedToOpen > 50, $"Only {campaign}");
    }

    // A seal that lands on the last page of the group before it leaves what a torn write of that group leaves: nobody can tell.
    private static bool IsSeal(SimulatedOperation write) =>
        FileNames.TryParse(Path.GetFileName(write.Path), out FileKind file, out ulong number) && file == FileKind.Log
        && GroupFormat.TryReadHeader(write.Data, GroupFormat.Seed(number, write.Offset), out GroupHeader header, out _) && header.IsSeal;

    private static bool Meets(FaultKind kind, SimulatedOperation operation) => kind switch
    {
        FaultKind.IoError => true,
        FaultKind.NoSpace => operation.Kind is OperationKind.Create or OperationKind.Write,
        FaultKind.ShortWrite => operation.Kind == OperationKind.Write,
        _ => operation.Kind == OperationKind.Sync,
    };
}
