using System.Globalization;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Turns the values that code compares columns with into literals.</summary>
internal static class ColumnLiteral
{
    /// <summary>Makes a literal; null is <c>NULL</c>.</summary>
    /// <param name="column">The column that the value is compared with.</param>
    /// <param name="value">The value; copied where it could change later.</param>
    /// <exception cref="ArgumentException">No column could hold the value.</exception>
    public static Expression Of(string column, object? value)
    {
        if (value is Column other)
        {
            return other.Reference;
        }

        object? plain = value switch
        {
            Enum named => Convert.ChangeType(named, Enum.GetUnderlyingType(named.GetType()), CultureInfo.InvariantCulture),
            byte[] bytes => bytes.Clone(),
            DateTime { Kind: DateTimeKind.Local } => throw new ArgumentException(
                $"Column '{column}' is compared with a DateTime of kind Local. Convert it with ToUniversalTime(), or use a DateTimeOffset column, which keeps the offset.", nameof(value)),
            _ => value,
        };

        return plain is null ? Literal.Null : Literal.Of(ScalarCodec.TypeOf(plain.GetType()), plain);
    }

    /// <summary>Makes the literals of the elements that a list is searched for.</summary>
    /// <typeparam name="T">The CLR type of an element.</typeparam>
    /// <param name="column">The list column.</param>
    /// <param name="values">The elements.</param>
    /// <exception cref="ArgumentException">There is a null among them, or a value that no list could hold.</exception>
    public static Expression[] OfElements<T>(string column, ReadOnlySpan<T> values)
    {
        var literals = new Expression[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            literals[i] = values[i] is null
                ? throw new ArgumentException($"Lists in column '{column}' are searched for null, which is not supported. Leave the null out.", nameof(values))
                : Of(column, values[i]);
        }

        return literals;
    }
}
