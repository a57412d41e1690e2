namespace Helios.Typed;

/// <summary>Says what a migration did.</summary>
/// <param name="Migrated">The records in the new table.</param>
/// <param name="LeftOut">The records for which the conversion gave null.</param>
/// <param name="Elapsed">The time it took.</param>
public sealed record MigrationResult(long Migrated, long LeftOut, TimeSpan Elapsed);
