namespace Helios.Typed.Generators.Model;

/// <summary>Names what holds the elements of a list or vector.</summary>
internal enum ValueContainer
{
    /// <summary>Nothing: the value is a scalar.</summary>
    None,

    /// <summary><c>T[]</c>.</summary>
    Array,

    /// <summary><c>List&lt;T&gt;</c>.</summary>
    List,

    /// <summary><c>IReadOnlyList&lt;T&gt;</c>, which an array serves.</summary>
    ReadOnlyList,

    /// <summary><c>IReadOnlyCollection&lt;T&gt;</c> or <c>IEnumerable&lt;T&gt;</c>: read as an array, copied to be written.</summary>
    Sequence,

    /// <summary><c>IList&lt;T&gt;</c> or <c>ICollection&lt;T&gt;</c>: read as a list, copied to be written.</summary>
    MutableList,

    /// <summary><c>ReadOnlyMemory&lt;T&gt;</c>, of vectors only.</summary>
    Memory,
}
