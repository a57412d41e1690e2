namespace Helios.Typed.Sql.Ast;

/// <summary>Is a part of a statement: immutable, and equal to every other that says the same, wherever it was written.</summary>
internal abstract record SqlNode
{
    /// <summary>Gets where the node was written, if it was; plays no part in equality.</summary>
    internal SourceSpan? Span { get; init; }

    /// <summary>Says whether two nodes are of one kind; derived records compare the rest.</summary>
    /// <param name="other">The other node.</param>
    public virtual bool Equals(SqlNode? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();
}
