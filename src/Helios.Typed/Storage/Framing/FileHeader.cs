using System.Buffers.Binary;
using System.IO.Hashing;
using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Framing;

/// <summary>Writes and checks the first page of every log, manifest, segment and sidecar.</summary>
/// <remarks>
/// <code>
///    0  8  magic: what the file is
///    8  4  format version
///   12  4  page size, 4096
///   16  8  the file's number, as in its name
///   24     zeros
/// 4088  8  XxHash3-64 of bytes 0 to 4087, seed 0
/// </code>
/// The magic, the version and the checksum stand there in every version to come: a reader that knows no newer version can
/// still tell one from damage.
/// </remarks>
internal static class FileHeader
{
    /// <summary>The size of the header, and of the pages that files are laid out in.</summary>
    public const int PageBytes = 4096;

    private const int VersionOffset = 8;
    private const int PageSizeOffset = 12;
    private const int NumberOffset = 16;
    private const int ChecksumOffset = PageBytes - sizeof(ulong);

    /// <summary>Rounds a length up to whole pages.</summary>
    public static long PageAlign(long bytes) => checked(bytes + PageBytes - 1) & -PageBytes;

    /// <summary>Fills a page with a header.</summary>
    public static void Write(Span<byte> page, ulong magic, int version, ulong number)
    {
        page = page[..PageBytes];
        page.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(page, magic);
        BinaryPrimitives.WriteInt32LittleEndian(page[VersionOffset..], version);
        BinaryPrimitives.WriteInt32LittleEndian(page[PageSizeOffset..], PageBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[NumberOffset..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(page[ChecksumOffset..], XxHash3.HashToUInt64(page[..ChecksumOffset]));
    }

    /// <summary>Says whether a page is a whole header of its kind of file, of whatever version.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> page, ulong magic) =>
        page.Length >= PageBytes
        && BinaryPrimitives.ReadUInt64LittleEndian(page) == magic
        && BinaryPrimitives.ReadUInt64LittleEndian(page[ChecksumOffset..]) == XxHash3.HashToUInt64(page[..ChecksumOffset]);

    /// <summary>Refuses a file whose header is whole and of a newer version.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file, which may be missing.</param>
    /// <param name="magic">What it is.</param>
    /// <param name="newestVersion">The newest version that is known.</param>
    /// <exception cref="HeliosFormatException">It is.</exception>
    public static void RequireKnownVersion(IFileSystem files, string path, ulong magic, int newestVersion)
    {
        if (!files.FileExists(path))
        {
            return;
        }

        Span<byte> page = stackalloc byte[PageBytes];
        using IFile file = files.Open(path, FileOpenMode.Read);
        page = page[..file.Read(page, 0)];
        if (IsWhole(page, magic) && BinaryPrimitives.ReadInt32LittleEndian(page[VersionOffset..]) is var version && version > newestVersion)
        {
            throw new HeliosFormatException(path, version, newestVersion);
        }
    }

    /// <summary>Reads a file's header and checks it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="magic">What it must be.</param>
    /// <param name="newestVersion">The newest version that is known.</param>
    /// <param name="number">The number in its name.</param>
    /// <exception cref="HeliosCorruptionException">The header is damaged, or the file is another one under this name.</exception>
    /// <exception cref="HeliosFormatException">The version is unknown.</exception>
    public static void Check(IFile file, ulong magic, int newestVersion, ulong number)
    {
        Span<byte> page = stackalloc byte[PageBytes];
        int read = file.Read(page, 0);
        if (read < PageBytes)
        {
            throw Corruption.At(file.Path, read, $"the file ends within its header, which takes {PageBytes} bytes");
        }

        ulong foundMagic = BinaryPrimitives.ReadUInt64LittleEndian(page);
        if (foundMagic != magic)
        {
            throw Corruption.At(file.Path, 0, $"the file starts with {foundMagic:X16}, expected {magic:X16} (its kind)");
        }

        ulong foundChecksum = XxHash3.HashToUInt64(page[..ChecksumOffset]);
        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(page[ChecksumOffset..]);
        if (foundChecksum != checksum)
        {
            throw Corruption.Checksum(file.Path, 0, "the header", foundChecksum, checksum);
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(page[VersionOffset..]);
        if (version < 1 || version > newestVersion)
        {
            throw new HeliosFormatException(file.Path, version, newestVersion);
        }

        ulong foundNumber = BinaryPrimitives.ReadUInt64LittleEndian(page[NumberOffset..]);
        if (foundNumber != number)
        {
            throw Corruption.At(file.Path, NumberOffset, $"the file was written as number {foundNumber} and its name says {number}: files were exchanged");
        }
    }
}
