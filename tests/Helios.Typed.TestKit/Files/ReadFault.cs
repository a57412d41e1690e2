namespace Helios.Typed.TestKit.Files;

/// <summary>Names the ways a read fails, openly or not.</summary>
internal enum ReadFault
{
    /// <summary>The device fails (EIO).</summary>
    IoError,

    /// <summary>The read gives what the sectors held before they were the file's: bytes of a file that is gone, or zeros.</summary>
    Stale,

    /// <summary>The read gives the bytes of another place: a page earlier in the file, or the start of another file.</summary>
    Misdirected,

    /// <summary>The read gives the right bytes but for one bit.</summary>
    FlippedBit,
}
