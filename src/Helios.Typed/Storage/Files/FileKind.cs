namespace Helios.Typed.Storage.Files;

/// <summary>Names the kinds of file that a database directory holds.</summary>
internal enum FileKind
{
    /// <summary>The file whose lock is the database's lock; it stays empty.</summary>
    Lock,

    /// <summary>The text that says who holds the lock.</summary>
    LockHolder,

    /// <summary>The name of the manifest in use.</summary>
    Current,

    /// <summary>The mark of a directory that a backup or a restore fills.</summary>
    BackupMark,

    /// <summary>A manifest.</summary>
    Manifest,

    /// <summary>A write-ahead log.</summary>
    Log,

    /// <summary>A segment's main file.</summary>
    Segment,

    /// <summary>A segment's graph, a sidecar.</summary>
    Graph,

    /// <summary>A segment's deletions, a sidecar.</summary>
    Deletions,

    /// <summary>A file of one of the other kinds that is still being written, or whose writing was interrupted.</summary>
    Temporary,
}
