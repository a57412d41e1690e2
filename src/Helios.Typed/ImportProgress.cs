namespace Helios.Typed;

/// <summary>Says how far an import is.</summary>
/// <param name="Rows">The records that are durable.</param>
/// <param name="RowsPerSecond">The records a second since the import began.</param>
/// <param name="Elapsed">The time since then.</param>
/// <param name="TotalRows">All records, where <see cref="ImportOptions.TotalRows"/> told.</param>
/// <param name="Remaining">The time that is left at this rate, where the total is known.</param>
public readonly record struct ImportProgress(long Rows, double RowsPerSecond, TimeSpan Elapsed, long? TotalRows, TimeSpan? Remaining);
