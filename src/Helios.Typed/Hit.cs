namespace Helios.Typed;

/// <summary>Is one answer of a nearest-neighbour query.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <param name="Record">The record.</param>
/// <param name="Distance">How far it is from the query's vector by the column's metric: Euclidean distance, 1 − cosine, or the negative inner product.</param>
/// <param name="Similarity">How near it is: cosine, inner product, or 1 / (1 + distance) for Euclidean; rises with nearness.</param>
public readonly record struct Hit<TRecord>(TRecord Record, double Distance, double Similarity);
