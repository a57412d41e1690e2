namespace Helios.Typed.TestKit.Files;

/// <summary>Reports that the simulated machine has lost its power: nothing on it answers any more.</summary>
internal sealed class SimulatedPowerLossException(string message) : IOException(message);
