using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of <see cref="bool"/> that takes no null: a predicate by itself, as in <c>Where(a =&gt; a.InStock)</c>.</summary>
public sealed class BooleanColumn : Predicate, ISortableColumn
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public BooleanColumn(string name) => Name = name;

    /// <inheritdoc/>
    public string Name { get; }
}
