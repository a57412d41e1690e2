using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Marks a directory that a backup or a restore fills, from before its first file: <c>BACKUP</c>.</summary>
/// <remarks>
/// One line: <c>backup copied 8a63… 3F2A…</c>, what it is, whether it shares files with the database, the database's id, and in
/// hexadecimal the XxHash3-64 of what stands before. A restore takes it away at its end, and so does who opens the directory
/// for writing: it is a database of its own then, which no later backup may write over.
/// </remarks>
/// <param name="IsRestore">Whether a restore fills the directory, rather than a backup.</param>
/// <param name="IsLinked">Whether some of its files may be other names of the database's own.</param>
/// <param name="DatabaseId">The database.</param>
internal sealed record BackupMark(bool IsRestore, bool IsLinked, Guid DatabaseId)
{
    private const int LongestBytes = 128;

    /// <summary>Reads a directory's mark, or gives null where it has none.</summary>
    /// <exception cref="HeliosCorruptionException">The mark is damaged.</exception>
    public static BackupMark? Read(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, FileNames.BackupMark);
        if (!files.FileExists(path))
        {
            return null;
        }

        using IFile file = files.Open(path, FileOpenMode.Read);
        Span<byte> bytes = stackalloc byte[LongestBytes + 1];
        string text = Encoding.Latin1.GetString(bytes[..file.ReadAt(bytes, 0)]);
        string[] words = text.Split(' ');
        if (words.Length == 4 && Guid.TryParse(words[2], out Guid databaseId))
        {
            BackupMark mark = new(words[0] == RestoreWord, words[1] == LinkedWord, databaseId);
            if (mark.ToText() == text)
            {
                return mark;
            }
        }

        throw Corruption.At(path, 0, $"it holds {file.Length} bytes that are no mark of a backup");
    }

    /// <summary>Marks a directory, durably.</summary>
    public void Write(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, FileNames.BackupMark);
        string temporary = FileNames.Temporary(path);
        files.Delete(temporary);
        using (IFile file = files.Open(temporary, FileOpenMode.Create))
        {
            file.WriteAt(Encoding.Latin1.GetBytes(ToText()), 0);
            file.Sync();
        }

        files.Rename(temporary, path);
        files.SyncDirectory(directory);
    }

    /// <summary>Takes the mark away, durably, where there is one.</summary>
    public static void Remove(IFileSystem files, string directory)
    {
        string path = Path.Combine(directory, FileNames.BackupMark);
        if (files.FileExists(path))
        {
            files.Delete(path);
            files.SyncDirectory(directory);
        }
    }

    private const string RestoreWord = "restore";
    private const string LinkedWord = "linked";

    private string ToText()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{(IsRestore ? RestoreWord : "backup")} {(IsLinked ? LinkedWord : "copied")} {DatabaseId:D} ");
        return string.Create(CultureInfo.InvariantCulture, $"{text}{XxHash3.HashToUInt64(Encoding.Latin1.GetBytes(text)):X16}\n");
    }
}
