namespace Helios.Typed;

/// <summary>Is the answer to a read by key.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <param name="Found">Whether the key is there.</param>
/// <param name="Record">The record; the type's default where it is not.</param>
public readonly record struct Lookup<TRecord>(bool Found, TRecord? Record);
