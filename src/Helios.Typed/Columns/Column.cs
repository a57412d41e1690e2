using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Is a column, as queries name it; made by generated code.</summary>
public abstract class Column
{
    private protected Column(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Reference = new ColumnReference(null, name);
    }

    /// <summary>Gets the column's name.</summary>
    public string Name { get; }

    internal Expression Reference { get; }

    /// <summary>Matches rows that have no value here.</summary>
    public Predicate IsNull() => new(new NullTest(Reference, IsNegated: false));

    /// <summary>Matches rows that have a value here.</summary>
    public Predicate IsNotNull() => new(new NullTest(Reference, IsNegated: true));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
