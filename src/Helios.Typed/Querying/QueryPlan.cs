using Helios.Typed.Engine;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed.Querying;

/// <summary>Is how a query will be run, and why so.</summary>
/// <param name="Path">How it comes by its rows.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record QueryPlan(AccessPath Path, string Reason)
{
    /// <summary>Gets the condition that rows must meet, keys and all, or null where every row does.</summary>
    public RowFilter? Filter { get; init; }

    /// <summary>Gets the ordered bytes of the only keys that can match, each once, in key order, or null where any can.</summary>
    public IReadOnlyList<byte[]>? Keys { get; init; }

    /// <summary>Gets the ordered bytes of the only keys whose rows are looked at, or null where any row may be.</summary>
    public IReadOnlyList<byte[]>? KeysRead => Path == AccessPath.Nothing ? [] : Keys;

    /// <summary>Gets what rows are ordered by before their key.</summary>
    public NodeList<Ordering> Order { get; init; } = NodeList<Ordering>.Empty;

    /// <summary>Gets the nearness asked for.</summary>
    public VectorPart? Nearness { get; init; }

    /// <summary>Gets the vector column's place among the stored ones.</summary>
    public int VectorIndex { get; init; }

    /// <summary>Gets whether graphs are passed over.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets how many rows are passed over.</summary>
    public long Skipped { get; init; }

    /// <summary>Gets how many rows are wanted after that, or null for all.</summary>
    public long? Taken { get; init; }

    /// <summary>Gets how many matching rows, in order, answer the query.</summary>
    public long Wanted => Taken is { } taken && taken < long.MaxValue - Skipped ? Skipped + taken : long.MaxValue;
}
