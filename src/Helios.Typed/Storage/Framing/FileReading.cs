using Helios.Typed.Storage.Files;

namespace Helios.Typed.Storage.Framing;

/// <summary>Reads files, and says of a read that fails which file it is and what to do.</summary>
internal static class FileReading
{
    /// <summary>Does as <see cref="IFile.ReadAt"/>.</summary>
    /// <exception cref="HeliosException">The disk failed.</exception>
    public static int Read(this IFile file, Span<byte> buffer, long offset)
    {
        try
        {
            return file.ReadAt(buffer, offset);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HeliosException($"{buffer.Length} bytes at {offset} of '{file.Path}' could not be read: {error.Message} Nothing was changed. See to the disk, and try again.", error);
        }
    }

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="HeliosException">It could not be opened.</exception>
    public static IFile OpenToRead(this IFileSystem files, string path)
    {
        try
        {
            return files.Open(path, FileOpenMode.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new HeliosException($"'{path}' could not be opened: {error.Message} Nothing was changed. See to the disk, and try again.", error);
        }
    }
}
