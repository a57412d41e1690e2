namespace Helios.Typed.Engine;

/// <summary>Names what a write asks of the row with its key.</summary>
internal enum WriteOperation
{
    /// <summary>The key must not be there.</summary>
    Insert,

    /// <summary>The key may be there.</summary>
    Upsert,

    /// <summary>The key must be there.</summary>
    Update,

    /// <summary>The row goes, if there is one.</summary>
    Delete,
}
