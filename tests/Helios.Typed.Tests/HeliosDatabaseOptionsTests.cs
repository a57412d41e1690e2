using Xunit;

namespace Helios.Typed.Tests;

public sealed class HeliosDatabaseOptionsTests
{
    private readonly HeliosDatabaseOptionsValidator _validator = new();

    [Fact]
    public void The_defaults_need_only_a_path() =>
        Assert.True(_validator.Validate(null, new HeliosDatabaseOptions { Path = "x.helios" }).Succeeded);

    [Fact]
    public void Every_violation_is_reported_at_once_and_names_its_setting()
    {
        HeliosDatabaseOptions options = new()
        {
            Path = " ",
            Durability = (Durability)9,
            SyncInterval = TimeSpan.Zero,
            MemtableBytes = 10,
            IndexingThreads = -1,
        };

        string[] failures = [.. _validator.Validate(null, options).Failures!];

        Assert.Equal(5, failures.Length);
        Assert.All(
            failures.Zip(["Path", "Durability", "SyncInterval", "MemtableBytes", "IndexingThreads"]),
            pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Opening_with_a_setting_that_cannot_be_says_which()
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => HeliosDatabase.OpenAsync(":memory:", o => o.MemtableBytes = 1, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("MemtableBytes is 1", error.Message, StringComparison.Ordinal);
    }
}
