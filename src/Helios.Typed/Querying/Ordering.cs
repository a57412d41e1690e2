using Helios.Typed.Schema;

namespace Helios.Typed.Querying;

/// <summary>Is one column that rows are ordered by; those without a value count as above every other.</summary>
/// <param name="Place">The column's place in the declared table.</param>
/// <param name="Column">The column as declared.</param>
/// <param name="IsDescending">Whether the highest comes first.</param>
internal sealed record Ordering(int Place, ColumnShape Column, bool IsDescending);
