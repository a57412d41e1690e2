namespace Helios.Typed.Storage.Files;

/// <summary>Is an open file, read and written by position.</summary>
/// <remarks>Reads are thread-safe; writes are the writer's alone.</remarks>
internal interface IFile : IDisposable
{
    /// <summary>The piece in which a file past the cache is written: the largest sector of today's disks.</summary>
    const int SectorBytes = 4096;

    /// <summary>Gets the path it was opened by.</summary>
    string Path { get; }

    /// <summary>Gets the length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="offset">Where to start.</param>
    /// <returns>The bytes read; fewer than asked only at the end.</returns>
    int ReadAt(Span<byte> buffer, long offset);

    /// <summary>Writes all of the bytes, growing the file where needed.</summary>
    void WriteAt(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Asks that writes go to the disk past the system's cache: what is synced at once, and not soon read, is only copied there.</summary>
    /// <remarks>From then on the file is written in whole sectors of <see cref="SectorBytes"/> that start at a multiple of it, and is not read by this handle.</remarks>
    /// <returns>False where the system or the disk's file system cannot; nothing has changed then.</returns>
    bool TryBypassCache() => false;

    /// <summary>Cuts or grows the file.</summary>
    void SetLength(long length);

    /// <summary>Brings bytes that were written from the system's cache to the disk and waits for it, where the system can; it makes nothing durable.</summary>
    /// <remarks>
    /// Who writes much before one <see cref="Sync"/> calls it after each piece: otherwise the disk is given all of it at once, and
    /// whoever syncs another file meanwhile waits behind that.
    /// </remarks>
    /// <param name="offset">Where they begin.</param>
    /// <param name="bytes">How many.</param>
    /// <exception cref="IOException">They could not be written, which a later <see cref="Sync"/> need not tell again: the file is not what it should be.</exception>
    void WriteBack(long offset, long bytes)
    {
    }

    /// <summary>Makes what was written durable. After a failure nothing is known of any write since the last success.</summary>
    void Sync();
}
