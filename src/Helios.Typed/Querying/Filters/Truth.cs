namespace Helios.Typed.Querying.Filters;

/// <summary>Is the answer to a condition, of SQL's three.</summary>
internal enum Truth
{
    /// <summary>It does not hold.</summary>
    False,

    /// <summary>It holds.</summary>
    True,

    /// <summary>It cannot be said, because a value is null.</summary>
    Unknown,
}
