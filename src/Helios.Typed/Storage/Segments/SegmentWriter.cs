using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Segments;

/// <summary>Writes an immutable file of named sections (a segment, or a sidecar of one).</summary>
/// <remarks>
/// Written under a temporary name and named at <see cref="Complete"/>; disposed before that, it leaves nothing behind. Sections start at 4 KiB. A
/// section is a run of units (a vector, a row, a block), each with a checksum slot of its own outside the data, so that units of
/// one size lie contiguous and one unit can be read and verified alone.
/// </remarks>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>Creates the file.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The final path.</param>
    public static SegmentWriter Create(IFileSystem files, string path) => throw new NotSupportedException();

    /// <summary>Starts a section, ending the one before.</summary>
    /// <param name="key">Its name; each once.</param>
    /// <param name="unitBytes">The size of every unit, or 0 where each is told by <see cref="WriteUnit"/>.</param>
    public void BeginSection(SectionKey key, int unitBytes) => throw new NotSupportedException();

    /// <summary>Appends one unit.</summary>
    /// <param name="unit">Its bytes; of the section's unit size where there is one (the last may be shorter), else of any length up to 1 GiB.</param>
    public void WriteUnit(ReadOnlySpan<byte> unit) => throw new NotSupportedException();

    /// <summary>Ends the file, syncs it, and gives it its name, durably.</summary>
    /// <returns>The file's size in bytes.</returns>
    public long Complete() => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}
