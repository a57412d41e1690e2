namespace Helios.Typed.Sql.Ast;

/// <summary>Names what stands between two values.</summary>
internal enum BinaryOperator
{
    /// <summary><c>=</c>, unknown where a side is null.</summary>
    Equal,

    /// <summary><c>&lt;&gt;</c>, unknown where a side is null.</summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>IS NOT DISTINCT FROM</c>: equal, where null equals null; C#'s <c>==</c>.</summary>
    IsNotDistinctFrom,

    /// <summary><c>IS DISTINCT FROM</c>: C#'s <c>!=</c>.</summary>
    IsDistinctFrom,

    /// <summary><c>&amp;&amp;</c>: two lists have an element in common.</summary>
    Overlaps,

    /// <summary><c>@&gt;</c>: the left list has every element of the right.</summary>
    ContainsAll,

    /// <summary><c>&lt;-&gt;</c>: Euclidean distance.</summary>
    EuclideanDistance,

    /// <summary><c>&lt;=&gt;</c>: 1 − cosine.</summary>
    CosineDistance,

    /// <summary><c>&lt;#&gt;</c>: the negative inner product.</summary>
    NegativeInnerProduct,
}
