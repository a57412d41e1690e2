using Helios.Typed.Schema;

namespace Helios.Typed;

/// <summary>Describes a table; made by generated code for records, or by <see cref="Create"/> at run time.</summary>
/// <remarks>Immutable and safe to share.</remarks>
public sealed class TableDefinition
{
    internal TableDefinition(TableShape shape) => Shape = shape;

    /// <summary>Gets the table's name.</summary>
    public string Name => Shape.Name;

    internal TableShape Shape { get; }

    /// <summary>Starts the definition of a table.</summary>
    /// <param name="name">The table's name: letters, digits and underscores, not starting with a digit, up to 128 characters.</param>
    /// <exception cref="ArgumentException">The name is not of that form.</exception>
    public static TableDefinitionBuilder Create(string name) => new(name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
