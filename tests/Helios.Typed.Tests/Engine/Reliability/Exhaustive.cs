namespace Helios.Typed.Tests.Engine.Reliability;

/// <summary>Says how much of the product of faults and places is run.</summary>
internal static class Exhaustive
{
    /// <summary>Gets whether all of it is: the nightly run, which sets HELIOS_TEST_EXHAUSTIVE to 1.</summary>
    public static bool IsWanted { get; } = Environment.GetEnvironmentVariable("HELIOS_TEST_EXHAUSTIVE") == "1";
}
