namespace Helios.Typed;

/// <summary>Names the index that answers nearest-neighbour queries over a vector column.</summary>
/// <remarks>The numeric values are stored in databases and never change.</remarks>
public enum IndexKind
{
    /// <summary>Scans small tables exactly and builds an HNSW graph once a segment is large enough to earn it.</summary>
    Auto = 0,

    /// <summary>Compares the query with every row: exact, no memory beyond the vectors.</summary>
    Flat = 1,

    /// <summary>Walks a hierarchical navigable small-world graph (Malkov and Yashunin, 2018), at any table size.</summary>
    Hnsw = 2,
}
