namespace Helios.Typed.TestKit.Files;

/// <summary>Names the ways an operation fails.</summary>
internal enum FaultKind
{
    /// <summary>The device fails (EIO); the operation did nothing.</summary>
    IoError,

    /// <summary>The disk is full (ENOSPC); a write got half-way. Operations that take no space go on working.</summary>
    NoSpace,

    /// <summary>A sync fails, and the system forgets what it could not write: later syncs succeed without it, and reads still show it.</summary>
    SyncLosesPages,

    /// <summary>As <see cref="SyncLosesPages"/>, and reads show the bytes before them.</summary>
    SyncRevertsPages,

    /// <summary>The device fails in the middle of a write (EIO); a part of it, cut at any byte, was written.</summary>
    ShortWrite,
}
