using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests;

/// <summary>A database that its first use opens, and many of them at once.</summary>
public sealed class HeliosDatabaseOpeningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_who_waited_for_the_opening_does_not_hold_up_another()
    {
        using ManualResetEventSlim asked = new();
        using ManualResetEventSlim otherWentOn = new();
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with
        {
            NewId = () =>
            {
                asked.Wait(Token);
                return new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
            },
        };
        await using HeliosDatabase database = new(options, options.Path);
        Task<bool> first = StayAsync();
        Task second = GoOnAsync();
        asked.Set();

        Assert.True(await first, "The other was not resumed while the first kept its thread.");
        await second;

        // Keeps the thread that it is resumed on, as a loop of calls that never wait would.
        async Task<bool> StayAsync()
        {
            await database.EngineAsync(Token).ConfigureAwait(false);
            return otherWentOn.Wait(TimeSpan.FromSeconds(60), Token);
        }

        async Task GoOnAsync()
        {
            await database.EngineAsync(Token).ConfigureAwait(false);
            otherWentOn.Set();
        }
    }

    [Fact]
    public async Task A_failed_opening_is_tried_again_by_the_next_who_asks()
    {
        int attempts = 0;
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem()) with
        {
            NewId = () => ++attempts == 1 ? throw new IOException("no entropy") : new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        };
        await using HeliosDatabase database = new(options, options.Path);

        await Assert.ThrowsAnyAsync<Exception>(async () => await database.EngineAsync(Token));
        Assert.NotNull(await database.EngineAsync(Token));
        Assert.Equal(2, attempts);
    }
}
