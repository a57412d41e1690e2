namespace Helios.Typed.Schema;

/// <summary>Describes a table: plain data that the generator, the catalog and SQL all speak.</summary>
/// <remarks>
/// The order of <see cref="Columns"/> is the order of declaration; ids say what a stored row means. A stored shape keeps dropped
/// columns in their places, so that ids are never used again and places never move.
/// </remarks>
/// <param name="Name">The table's name.</param>
/// <param name="Columns">The columns in declaration order.</param>
/// <param name="KeyColumn">The place of the key in <paramref name="Columns"/>.</param>
/// <param name="AssignsKeys">Whether an integer key of 0 is replaced by the next free one on insert.</param>
internal sealed record TableShape(
    string Name,
    IReadOnlyList<ColumnShape> Columns,
    int KeyColumn,
    bool AssignsKeys)
{
    /// <summary>Gets what was renamed to what is declared; not stored.</summary>
    internal IReadOnlyList<FormerName> FormerNames { get; init; } = [];

    /// <summary>Gets the key column.</summary>
    internal ColumnShape Key => Columns[KeyColumn];

    /// <summary>Finds a column's place by its name, which is matched without regard to case, or returns −1; a dropped one is not found.</summary>
    /// <param name="name">The name.</param>
    internal int IndexOf(string name)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (!Columns[i].IsDropped && string.Equals(Columns[i].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
