namespace Helios.Typed.TestKit.Files;

/// <summary>Names the operations that the simulation counts.</summary>
internal enum OperationKind
{
    /// <summary>A file comes to be.</summary>
    Create,

    /// <summary>Bytes are written.</summary>
    Write,

    /// <summary>A length is set.</summary>
    SetLength,

    /// <summary>A file is synced.</summary>
    Sync,

    /// <summary>A file gets another name.</summary>
    Rename,

    /// <summary>A file gets a second name.</summary>
    Link,

    /// <summary>A name goes.</summary>
    Delete,

    /// <summary>A directory is synced.</summary>
    SyncDirectory,

    /// <summary>An operation failed and did nothing.</summary>
    Nothing,

    /// <summary>A sync failed, and what it was to write is forgotten though still shown.</summary>
    LosePages,

    /// <summary>A sync failed, and what it was to write is gone.</summary>
    RevertPages,

    /// <summary>Bytes were written elsewhere, and nobody was told.</summary>
    MisdirectedWrite,

    /// <summary>Bytes were not written, and nobody was told.</summary>
    LostWrite,

    /// <summary>Bytes or names are read, or a file is opened; counted for itself, and in no trace.</summary>
    Read,
}
