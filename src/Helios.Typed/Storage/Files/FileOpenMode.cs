namespace Helios.Typed.Storage.Files;

/// <summary>Names how a file is opened.</summary>
internal enum FileOpenMode
{
    /// <summary>It must be there, and is only read; any number of handles may read it.</summary>
    Read,

    /// <summary>It must not be there; it is written and read.</summary>
    Create,

    /// <summary>It must be there; it is written and read.</summary>
    ReadWrite,
}
