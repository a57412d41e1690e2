namespace Helios.Typed.Querying;

/// <summary>Names how a plan comes by its rows.</summary>
internal enum AccessPath
{
    /// <summary>No row can match, so none is looked at.</summary>
    Nothing,

    /// <summary>The condition names the keys; each is looked up.</summary>
    KeyLookup,

    /// <summary>The vector index, or an exact scan where there is none, gives the nearest that match.</summary>
    VectorSearch,

    /// <summary>Rows are read in key order, no more than are asked for.</summary>
    KeyOrderedScan,

    /// <summary>Every row is read, and the first of the order are kept.</summary>
    SortedScan,
}
