using System.Globalization;
using Helios.Typed.Primitives;
using Microsoft.Extensions.Options;

namespace Helios.Typed;

/// <summary>Finds every setting of a database that cannot be.</summary>
internal sealed class HeliosDatabaseOptionsValidator : IValidateOptions<HeliosDatabaseOptions>
{
    private const long LeastMemtableBytes = 1L << 20;
    private const long MostMemtableBytes = 64L << 30;
    private const long MostRetentionBytes = 16L << 40;
    private const int MostIndexingThreads = 256;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HeliosDatabaseOptions options)
    {
        List<string> problems = FindProblems(options);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>Throws, with every problem at once, where there is one.</summary>
    /// <exception cref="ArgumentException">A setting cannot be.</exception>
    public static void Require(HeliosDatabaseOptions options)
    {
        List<string> problems = FindProblems(options);
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems));
        }
    }

    private static List<string> FindProblems(HeliosDatabaseOptions options)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.Path))
        {
            problems.Add($"{nameof(options.Path)} is empty: set it to the database's directory, or to '{HeliosDatabaseOptions.InMemory}'.");
        }
        else if (options.Path.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add($"{nameof(options.Path)} has a zero character, which no directory's name can have.");
        }

        if (options.ReadOnly && options.Path == HeliosDatabaseOptions.InMemory)
        {
            problems.Add($"{nameof(options.ReadOnly)} is set for '{HeliosDatabaseOptions.InMemory}', which is empty when it is opened: leave it out, or set {nameof(options.Path)} to a database's directory.");
        }

        if (options.RecoveryMode is not (RecoveryMode.Strict or RecoveryMode.Salvage))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.RecoveryMode)} is {(int)options.RecoveryMode}: use Strict or Salvage."));
        }

        if (options is { ReadOnly: true, RecoveryMode: RecoveryMode.Salvage })
        {
            problems.Add($"{nameof(options.RecoveryMode)} is Salvage and {nameof(options.ReadOnly)} is set: salvage writes. Leave one of them out.");
        }

        if (options.Durability is not (Durability.Full or Durability.Interval or Durability.None))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.Durability)} is {(int)options.Durability}: use Full, Interval or None."));
        }

        if (options.SyncInterval < TimeSpan.FromMilliseconds(1) || options.SyncInterval > TimeSpan.FromHours(1))
        {
            problems.Add($"{nameof(options.SyncInterval)} is {options.SyncInterval:c}: it must be from 1 ms to 1 hour.");
        }

        if (options.MemtableBytes is < LeastMemtableBytes or > MostMemtableBytes)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.MemtableBytes)} is {options.MemtableBytes}: it must be from {LeastMemtableBytes} (1 MiB) to {MostMemtableBytes} (64 GiB)."));
        }

        if (options.MemoryBudgetBytes < MemoryBudget.LeastLimit)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.MemoryBudgetBytes)} is {options.MemoryBudgetBytes}: it must be at least {MemoryBudget.LeastLimit} (16 MiB)."));
        }

        if (options.ChangeRetentionBytes is < 0 or > MostRetentionBytes)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.ChangeRetentionBytes)} is {options.ChangeRetentionBytes}: it must be from 0 (keep none) to {MostRetentionBytes} (16 TiB)."));
        }

        if (options.IndexingThreads is < 0 or > MostIndexingThreads)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.IndexingThreads)} is {options.IndexingThreads}: it must be from 0 (half of the processors) to {MostIndexingThreads}."));
        }

        return problems;
    }
}
