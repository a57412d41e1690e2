namespace Helios.Typed.TestKit.Files;

/// <summary>Is a moment of a run: an operation is under way, and power may be lost, or the process end.</summary>
/// <param name="number">The operation's number, from 1; one more than there were for the moment after the last.</param>
/// <param name="operation">The operation, or null after the last.</param>
/// <param name="disk">The disk with the operation half done.</param>
internal sealed class CrashPoint(long number, SimulatedOperation? operation, SimulatedDisk disk)
{
    /// <summary>Gets the operation's number.</summary>
    public long Number => number;

    /// <summary>Makes the file system that is found when power comes back.</summary>
    public SimulatedFileSystem LosePower(CrashPolicy policy, int seed) => SimulatedFileSystem.On(new PowerLoss(policy, seed).Survivors(disk));

    /// <summary>Makes the file system that is found when only the process ended.</summary>
    public SimulatedFileSystem Kill() => SimulatedFileSystem.On(disk.Clone());

    /// <inheritdoc/>
    public override string ToString() => $"operation {number} ({operation?.ToString() ?? "the end"})";
}
