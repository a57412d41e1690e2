namespace Helios.Typed.Querying.Filters;

/// <summary>Is the answers that a condition can have for some rows: a set of SQL's three.</summary>
[Flags]
internal enum Truths
{
    /// <summary>There is no row.</summary>
    None = 0,

    /// <summary>For some it may not hold.</summary>
    False = 1,

    /// <summary>For some it may hold.</summary>
    True = 2,

    /// <summary>For some it may be unknown.</summary>
    Unknown = 4,

    /// <summary>It may hold for some and not hold for others.</summary>
    Either = False | True,

    /// <summary>Nothing can be said.</summary>
    Any = False | True | Unknown,
}
