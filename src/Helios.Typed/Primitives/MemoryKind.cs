namespace Helios.Typed.Primitives;

/// <summary>Says what memory is used for, in the order in which it is kept when it runs short.</summary>
internal enum MemoryKind
{
    /// <summary>Rows that are in no segment yet. They have a share of their own, which writers wait for.</summary>
    Memtables,

    /// <summary>Pages of keys, sequences, columns and norms, and tables of checksums. They have a small share of their own at least.</summary>
    Pages,

    /// <summary>Graphs, in use and under construction.</summary>
    Graphs,

    /// <summary>Full vectors: the first to go, as they can be read from the file one by one.</summary>
    Vectors,
}
