namespace Helios.Typed;

/// <summary>Says what an import did.</summary>
/// <param name="Imported">The records it wrote, all of them durable.</param>
/// <param name="Elapsed">The time it took.</param>
/// <param name="Sequence">The last commit's place in the database's one order of commits; 0 where there was nothing to import.</param>
public sealed record ImportResult(long Imported, TimeSpan Elapsed, long Sequence);
