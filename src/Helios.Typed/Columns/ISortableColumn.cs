namespace Helios.Typed;

/// <summary>Marks the columns that rows can be ordered by.</summary>
public interface ISortableColumn
{
    /// <summary>Gets the column's name.</summary>
    string Name { get; }
}
