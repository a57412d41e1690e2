using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Reads and switches <c>CURRENT</c>, the file that names the manifest in use.</summary>
/// <remarks>One line: <c>MANIFEST-000001 3F2A…</c>, the name and in hexadecimal its XxHash3-64, and a line feed.</remarks>
internal static class CurrentFile
{
    private const int LongestBytes = 64;

    /// <summary>Reads the number of the manifest in use.</summary>
    /// <exception cref="HeliosCorruptionException">The file is damaged.</exception>
    public static ulong Read(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, FileNames.Current);
        using IFile file = files.Open(path, FileOpenMode.Read);
        Span<byte> bytes = stackalloc byte[LongestBytes + 1];
        string text = Encoding.Latin1.GetString(bytes[..file.Read(bytes, 0)]);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0
            && FileNames.TryParse(text[..space], out FileKind kind, out ulong number)
            && kind == FileKind.Manifest
            && text == TextOf(number))
        {
            return number;
        }

        throw Corruption.At(path, 0, $"it holds {file.Length} bytes that do not name a manifest");
    }

    /// <summary>Writes, under a temporary name, that a manifest is the one in use.</summary>
    public static void Prepare(IFileSystem files, string directory, ulong number)
    {
        string temporary = FileNames.Temporary(Path.Combine(directory, FileNames.Current));
        files.Delete(temporary);
        using IFile file = files.Open(temporary, FileOpenMode.Create);
        file.WriteAt(Encoding.Latin1.GetBytes(TextOf(number)), 0);
        file.Sync();
    }

    /// <summary>Puts what was prepared in force, durably and in one step.</summary>
    public static void Switch(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, FileNames.Current);
        files.Rename(FileNames.Temporary(path), path);
        files.SyncDirectory(directory);
    }

    private static string TextOf(ulong number)
    {
        string name = FileNames.Manifest(number);
        ulong checksum = XxHash3.HashToUInt64(Encoding.Latin1.GetBytes(name));
        return string.Create(CultureInfo.InvariantCulture, $"{name} {checksum:X16}\n");
    }
}
