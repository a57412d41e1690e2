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
                return [KeyCodec.Encode(KeyOf(value))];
            case BoundIn list when list.Operand.Place == keyPlace:
                SortedSet<byte[]> keys = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
                foreach (BoundLiteral literal in list.Values)
                {
                    if (literal.Value is { } one)
                    {
                        keys.Add(KeyCodec.Encode(KeyOf(one)));
                    }
                }

                return [.. keys];
            case BoundLogical { IsAnd: true } logical:
                return logical.Operands.Select(operand => Find(operand, keyPlace)).Where(found => found is not null).MinBy(found => found!.Count);
            default:
                return null;
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
