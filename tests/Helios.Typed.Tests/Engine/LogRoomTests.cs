using Helios.Typed.Operations;
using Helios.Typed.TestKit.Files;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>The room that the log makes ahead, as the engine and its tools meet it.</summary>
public sealed class LogRoomTests
{
    private readonly SimulatedFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_whose_process_was_killed_verifies_clean()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        SimulatedFileSystem killed = _files.CrashAt(_files.OperationCount + 1, CrashPolicy.KeepAll, seed: 1);
        string log = killed.List("/data/db").Single(name => name.EndsWith(".log", StringComparison.Ordinal));
        Assert.True(killed.ReadAllBytes($"/data/db/{log}").Length > database.Options.LogRoomBytes);

        Assert.Empty(Verify(killed));

        // What stands in the room and is no group is a tail, and is told.
        killed.Flip($"/data/db/{log}", killed.ReadAllBytes($"/data/db/{log}").Length - 100, 1);
        Assert.Contains("torn tail", Assert.Single(Verify(killed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_fits_where_the_room_does_not_is_made()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        _files.CapacityBytes = _files.UsedBytes + (4 * 4096);

        await database.InsertAsync((1, "one"));
        await database.InsertAsync((2, "two"));
        _files.CapacityBytes = long.MaxValue;
        await database.InsertAsync((3, "three"));
        await database.ReopenAsync();

        Assert.Equal(3, database.Rows().Count);
    }

    [Fact]
    public async Task A_sync_that_fails_after_the_room_was_cut_off_is_told_as_what_it_is_and_ends_writing()
    {
        await using TestDatabase database = await TestDatabase.OpenAsync(_files);
        await database.InsertAsync((1, "one"));
        long cut = _files.OperationCount + 1;
        _files.FailAt(cut + 1, FaultKind.SyncLosesPages);

        HeliosReadOnlyException error = await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.Engine.CheckpointAsync(Token));

        SimulatedOperation[] last = [.. _files.Trace.Skip((int)cut - 1)];
        Assert.Equal([OperationKind.SetLength, OperationKind.LosePages], last.Select(operation => operation.Kind));
        Assert.Contains("the log could not be synced", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HeliosReadOnlyException>(() => database.UpsertAsync((2, "two")));
        Assert.Equal([1], database.Rows().Keys);
    }

    private static IReadOnlyList<VerificationProblem> Verify(SimulatedFileSystem files) =>
        Verification.Run(files, "/data/db", TimeProvider.System, progress: null, Token).Problems;
}
