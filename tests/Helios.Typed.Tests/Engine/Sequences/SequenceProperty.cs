using CsCheck;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Says that a database does whatever it is told as the model does, and of a sequence that it does not, how short it can be.</summary>
/// <param name="plant">Makes of a step the one that the database is told, to plant a bug, or null for none.</param>
internal sealed class SequenceProperty(Func<SequenceStep, SequenceStep?>? plant = null)
{
    private readonly Lock _lock = new();
    private Sequence? _failing;

    /// <summary>Gets what the sequences did.</summary>
    public SequenceCounts Counts { get; } = new();

    /// <summary>Runs random sequences.</summary>
    /// <param name="iterations">How many; after a failure the rest of them looks for smaller ones.</param>
    /// <param name="seed">The seed of the first, or null for any.</param>
    /// <exception cref="InvalidOperationException">One failed; the message has its seed, and the same without what it does not need.</exception>
    public async Task HoldsAsync(long iterations, string? seed = null)
    {
        try
        {
            await Sequence.Any.SampleAsync(RunAsync, seed: seed, iter: iterations, threads: seed is null ? -1 : 1);
        }
        catch (CsCheckException error)
        {
            Sequence shrunk = await ShrinkAsync(_failing!);
            string steps = string.Join(Environment.NewLine, shrunk.Steps.Select(static (step, i) => $"  {i + 1}) {step}"));
            throw new InvalidOperationException(
                $"{error.Message}{Environment.NewLine}{error.InnerException?.Message}{Environment.NewLine}Of its steps it needs {shrunk.Steps.Count}:{Environment.NewLine}{steps}", error);
        }
    }

    private async Task RunAsync(Sequence sequence)
    {
        try
        {
            await SequenceRun.RunAsync(sequence, Counts, plant);
        }
        catch
        {
            lock (_lock)
            {
                _failing = _failing is { } smaller && smaller.Steps.Count < sequence.Steps.Count ? smaller : sequence;
            }

            throw;
        }
    }

    /// <summary>Takes steps, and then writes, out of a sequence for as long as it fails without them.</summary>
    private async Task<Sequence> ShrinkAsync(Sequence failing)
    {
        bool goesOn = true;
        while (goesOn)
        {
            goesOn = false;
            foreach (Sequence smaller in Smaller(failing))
            {
                if (await FailsAsync(smaller))
                {
                    (failing, goesOn) = (smaller, true);
                    break;
                }
            }
        }

        return failing;
    }

    private static IEnumerable<Sequence> Smaller(Sequence sequence)
    {
        // The last steps first, as nothing builds on them.
        for (int i = sequence.Steps.Count - 1; i >= 0; i--)
        {
            yield return sequence with { Steps = [.. sequence.Steps.Take(i), .. sequence.Steps.Skip(i + 1)] };
        }

        for (int i = 0; i < sequence.Steps.Count; i++)
        {
            SequenceStep step = sequence.Steps[i];
            for (int w = 0; step.Writes is { Count: > 1 } writes && w < writes.Count; w++)
            {
                SequenceStep less = step with { Writes = [.. writes.Take(w), .. writes.Skip(w + 1)] };
                yield return sequence with { Steps = [.. sequence.Steps.Take(i), less, .. sequence.Steps.Skip(i + 1)] };
            }
        }
    }

    private async Task<bool> FailsAsync(Sequence sequence)
    {
        try
        {
            await SequenceRun.RunAsync(sequence, new SequenceCounts(), plant);
            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return true;
        }
    }
}
