using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Segments;

/// <summary>Reads a file of named sections; thread-safe.</summary>
/// <remarks>Opening reads and verifies the directory of sections, not the data. Every read is verified against its checksum.</remarks>
internal sealed class SegmentReader : IDisposable
{
    /// <summary>Gets the path.</summary>
    public string Path => throw new NotSupportedException();

    /// <summary>Gets the file's size in bytes.</summary>
    public long FileBytes => throw new NotSupportedException();

    /// <summary>Opens a file.</summary>
    /// <exception cref="HeliosCorruptionException">Its directory is damaged, or the file is shorter than it says.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    public static SegmentReader Open(IFileSystem files, string path) => throw new NotSupportedException();

    /// <summary>Finds a section.</summary>
    public bool TryGetSection(SectionKey key, out Section section) => throw new NotSupportedException();

    /// <summary>Gives the sections in the file's order.</summary>
    public IReadOnlyList<Section> Sections => throw new NotSupportedException();

    /// <summary>Reads and verifies a whole section into native memory that the caller owns; units lie contiguous.</summary>
    /// <exception cref="HeliosCorruptionException">A unit's checksum does not fit.</exception>
    public NativeBuffer Load(Section section, NativeAllocator allocator) => throw new NotSupportedException();

    /// <summary>Reads and verifies one unit.</summary>
    /// <param name="section">The section.</param>
    /// <param name="unit">The unit's number.</param>
    /// <param name="buffer">Takes the unit; grown where it is too small.</param>
    /// <returns>The unit's bytes, in <paramref name="buffer"/>.</returns>
    public ReadOnlyMemory<byte> ReadUnit(Section section, long unit, ref byte[] buffer) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}

/// <summary>Describes a section.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Units">How many units it has.</param>
/// <param name="Bytes">The bytes of its units together.</param>
/// <param name="UnitBytes">The size of every unit, or 0 where they vary.</param>
/// <param name="Index">Its place in the file's directory.</param>
internal sealed record Section(SectionKey Key, long Units, long Bytes, int UnitBytes, int Index);
