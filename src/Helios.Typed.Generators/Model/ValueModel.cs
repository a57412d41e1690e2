namespace Helios.Typed.Generators.Model;

/// <summary>Is what a property holds.</summary>
/// <param name="Type">What one value, or one element of a list, is in the database.</param>
/// <param name="Container">What holds the elements, or <see cref="ValueContainer.None"/> for a scalar.</param>
/// <param name="ClrType">The CLR type of the value without its nullability, or of an element with it; fully qualified.</param>
/// <param name="IsNullable">Whether the property may be null.</param>
/// <param name="IsValueType">Whether the property's own type, without its nullability, is a value type.</param>
internal sealed record ValueModel(
    ColumnType Type,
    ValueContainer Container,
    string ClrType,
    bool IsNullable,
    bool IsValueType)
{
    /// <summary>Gets whether the property is a vector.</summary>
    public bool IsVector => Type is ColumnType.Vector or ColumnType.HalfVector;

    /// <summary>Gets whether the property is a list of scalars.</summary>
    public bool IsList => Container != ValueContainer.None && !IsVector;
}
