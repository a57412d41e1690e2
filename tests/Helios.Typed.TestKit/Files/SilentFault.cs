namespace Helios.Typed.TestKit.Files;

/// <summary>Names the ways a device lies about a write: it says that all went well.</summary>
internal enum SilentFault
{
    /// <summary>The bytes land elsewhere: a page earlier in the same file, or in another file; the file is as long as it should be.</summary>
    MisdirectedWrite,

    /// <summary>The bytes land nowhere; the file is as long as it should be.</summary>
    LostWrite,
}
