namespace Helios.Typed.Sql.Ast;

/// <summary>Is a value written out.</summary>
internal sealed record Literal : Expression
{
    /// <summary>The condition that always holds.</summary>
    internal static readonly Literal True = new(ColumnType.Boolean, true);

    /// <summary>The condition that never holds.</summary>
    internal static readonly Literal False = new(ColumnType.Boolean, false);

    /// <summary>The value that is none.</summary>
    internal static readonly Literal Null = new(null, null);

    private Literal(ColumnType? type, object? value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>Gets what the value is; null for <c>NULL</c>, which fits any type.</summary>
    internal ColumnType? Type { get; }

    /// <summary>Gets the value as the CLR type that <see cref="Type"/> names, or null.</summary>
    internal object? Value { get; }

    /// <summary>Gets whether it is <c>NULL</c>.</summary>
    internal bool IsNull => Value is null;

    /// <summary>Makes the literal of a value.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="value">The value, as the CLR type that <paramref name="type"/> names; never changed from now on.</param>
    internal static Literal Of(ColumnType type, object value) => new(type, value);

    /// <summary>Makes the literal of a condition's value.</summary>
    /// <param name="value">The value.</param>
    internal static Literal Of(bool value) => value ? True : False;

    /// <summary>Compares two literals; byte strings by their bytes.</summary>
    /// <param name="other">The other literal.</param>
    public bool Equals(Literal? other) =>
        other is not null && Type == other.Type
        && (Value is byte[] bytes && other.Value is byte[] others ? bytes.SequenceEqual(others) : Equals(Value, other.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => Value is byte[] bytes ? bytes.Length : Value?.GetHashCode() ?? 0;
}

/// <summary>Is a vector written out, as in <c>'[1,2,3]'</c>.</summary>
/// <param name="Elements">The elements; those of a half vector fit a <see cref="float"/> without loss.</param>
internal sealed record VectorLiteral(NodeList<float> Elements) : Expression;

/// <summary>Is a list written out, as in <c>ARRAY['gpu', 'cpu']</c>.</summary>
/// <param name="ElementType">What an element is.</param>
/// <param name="Elements">The elements.</param>
internal sealed record ArrayLiteral(ColumnType ElementType, NodeList<Expression> Elements) : Expression;
