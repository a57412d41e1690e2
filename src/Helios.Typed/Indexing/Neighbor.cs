namespace Helios.Typed.Indexing;

/// <summary>Is one answer of a vector search.</summary>
/// <param name="Distance">The distance by the metric: Euclidean, 1 − cosine, or the negative inner product.</param>
/// <param name="Slot">The vector's place in its block.</param>
internal readonly record struct Neighbor(float Distance, int Slot);
