namespace Helios.Typed;

/// <summary>Is a column, as queries name it; made by generated code.</summary>
public abstract class Column
{
    private protected Column(string name) => Name = name;

    /// <summary>Gets the column's name.</summary>
    public string Name { get; }

    /// <summary>Matches rows that have no value here.</summary>
    public Predicate IsNull() => throw new NotSupportedException();

    /// <summary>Matches rows that have a value here.</summary>
    public Predicate IsNotNull() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
