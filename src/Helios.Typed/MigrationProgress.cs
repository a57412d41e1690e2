namespace Helios.Typed;

/// <summary>Says how far a migration is.</summary>
/// <param name="Rows">The converted records that are durable.</param>
/// <param name="TotalRows">The records to convert, those that will be left out included.</param>
/// <param name="RowsPerSecond">The records a second since the migration began.</param>
/// <param name="Elapsed">The time since then.</param>
/// <param name="Remaining">The time that is left at this rate.</param>
public readonly record struct MigrationProgress(long Rows, long TotalRows, double RowsPerSecond, TimeSpan Elapsed, TimeSpan? Remaining);
