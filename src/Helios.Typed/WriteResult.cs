namespace Helios.Typed;

/// <summary>Says what a batch did.</summary>
/// <param name="Keys">The keys of the inserted, upserted and updated records, in the batch's order, with those that were assigned.</param>
/// <param name="Deleted">How many of the deletes met a row.</param>
/// <param name="Sequence">The commit's place in the database's one order of commits; 0 within a transaction, which has none before its commit.</param>
public sealed record WriteResult(IReadOnlyList<HeliosKey> Keys, int Deleted, long Sequence);
