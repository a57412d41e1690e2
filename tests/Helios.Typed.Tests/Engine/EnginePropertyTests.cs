using System.Text.RegularExpressions;
using Helios.Typed.Engine;
using Helios.Typed.Tests.Engine.Reliability;
using Helios.Typed.Tests.Engine.Sequences;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Does random sequences to a database and to a model of dictionaries and brute-force search.</summary>
public sealed partial class EnginePropertyTests(ITestOutputHelper output)
{
    private const int Sequences = 10_000;

    [Fact]
    public async Task A_database_behaves_as_dictionaries_whatever_comes_between()
    {
        SequenceProperty property = new();

        await property.HoldsAsync(Exhaustive.IsWanted ? 10 * Sequences : Sequences);

        SequenceCounts counts = property.Counts;
        output.WriteLine(counts.ToString());
        Assert.True(counts.Sequences >= Sequences, counts.ToString());
        Assert.True(Math.Min(Math.Min(counts.Transactions, counts.Conflicts), Math.Min(counts.Snapshots, counts.Interrupted)) >= Sequences / 10, counts.ToString());
    }

    /// <summary>Runs the property on a database that is not told of all that it should do.</summary>
    [Theory]
    [InlineData(nameof(SequenceAct.Find), 6)]
    [InlineData(nameof(SequenceAct.CommitTransaction), 2)]
    [InlineData(nameof(WriteOperation.Delete), 1)]
    public async Task A_bug_is_found_again_by_the_seed_that_is_printed_and_in_the_few_steps_that_it_takes(string forgotten, int mostSteps)
    {
        SequenceProperty property = new(step => Forget(step, forgotten));
        InvalidOperationException found = await Assert.ThrowsAsync<InvalidOperationException>(() => property.HoldsAsync(2000));
        output.WriteLine(found.Message);
        string seed = Seed().Match(found.Message).Groups[1].Value;
        Assert.NotEqual("", seed);
        Assert.InRange(ShrunkStep().Count(found.Message), 1, mostSteps);

        InvalidOperationException again = await Assert.ThrowsAsync<InvalidOperationException>(() => property.HoldsAsync(1, seed));

        Assert.Equal(seed, Seed().Match(again.Message).Groups[1].Value);
        Assert.Equal(Step().Matches(found.Message).Select(static step => step.Value), Step().Matches(again.Message).Select(static step => step.Value));
    }

    private static SequenceStep? Forget(SequenceStep step, string forgotten)
    {
        if (step.Act.ToString() == forgotten)
        {
            return null;
        }

        (WriteOperation, long)[] writes = [.. (step.Writes ?? []).Where(write => write.Operation.ToString() != forgotten)];
        return writes.Length > 0 ? step with { Writes = writes } : step;
    }

    [GeneratedRegex("Set seed: \"([^\"]+)\"")]
    private static partial Regex Seed();

    [GeneratedRegex("^\\d+\\. .*$", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex("^  \\d+\\) ", RegexOptions.Multiline)]
    private static partial Regex ShrunkStep();
}
