namespace Helios.Typed;

/// <summary>Says how far background indexing is.</summary>
/// <param name="IndexedRows">The rows whose vectors are in a finished or growing graph.</param>
/// <param name="TotalRows">The rows to index.</param>
public readonly record struct IndexingProgress(long IndexedRows, long TotalRows);
