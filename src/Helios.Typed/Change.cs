namespace Helios.Typed;

/// <summary>Is one committed change of one row.</summary>
/// <typeparam name="TRecord">What the row is read as: a record type, or <see cref="HeliosRow"/>.</typeparam>
/// <param name="Sequence">The commit's place in the database's one order of commits, as <see cref="WriteResult.Sequence"/> tells it; every change of a commit has the same.</param>
/// <param name="IsLastOfCommit">Whether no further change of the same commit follows in this feed: from here, and only from here, it can be resumed by <paramref name="Sequence"/> with nothing missed and nothing told twice.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Table">The table, as it was declared.</param>
/// <param name="Key">The row's key.</param>
/// <param name="Record">The whole row as the commit left it; null, or default for a struct, where it was deleted.</param>
public sealed record Change<TRecord>(long Sequence, bool IsLastOfCommit, ChangeKind Kind, TableDefinition Table, HeliosKey Key, TRecord? Record);
