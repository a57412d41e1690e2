namespace Helios.Typed;

/// <summary>Asks for a column that filters read without touching the row.</summary>
/// <remarks>
/// Fixed-width columns are always kept that way; on a text column this also keeps a dictionary of its values.
/// </remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class IndexedAttribute : Attribute;
