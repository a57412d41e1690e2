using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Records;
using Helios.Typed.Sql.Ast;
using Helios.Typed.Sql.Binding;

namespace Helios.Typed.Querying;

/// <summary>Finds the keys that a condition allows, where it names them.</summary>
internal static class KeyPins
{
    /// <summary>Gives the ordered bytes of the only keys that can match, each once, in key order; null where any key can.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="keyPlace">The key's place in the declared table.</param>
    public static IReadOnlyList<byte[]>? Find(BoundExpression condition, int keyPlace)
    {
        switch (condition)
        {
            case BoundComparison { Operator: BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom, Left: BoundColumn column, Right: BoundLiteral { Value: { } value } } when column.Place == keyPlace:
                return TryEncode(value, out byte[]? only) ? [only] : [];
            case BoundIn list when list.Operand.Place == keyPlace:
                SortedSet<byte[]> keys = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
                foreach (BoundLiteral literal in list.Values)
                {
                    if (literal.Value is { } one && TryEncode(one, out byte[]? key))
                    {
                        keys.Add(key);
                    }
                }

                return [.. keys];
            case BoundLogical { IsAnd: true } logical:
                return logical.Operands.Select(operand => Find(operand, keyPlace)).Where(found => found is not null).MinBy(found => found!.Count);
            default:
                return null;
        }
    }

    // Text that is too long for a key is no mistake in a condition: no row has it.
    private static bool TryEncode(object value, [NotNullWhen(true)] out byte[]? key)
    {
        try
        {
            key = KeyCodec.Encode(KeyOf(value));
            return true;
        }
        catch (ArgumentException) when (value is string)
        {
            key = null;
            return false;
        }
    }

    private static HeliosKey KeyOf(object value) => value switch
    {
        int number => HeliosKey.Create(number),
        long number => HeliosKey.Create(number),
        Guid guid => HeliosKey.Create(guid),
        _ => HeliosKey.Create((string)value),
    };
}
