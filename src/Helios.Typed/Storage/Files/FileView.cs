namespace Helios.Typed.Storage.Files;

/// <summary>Is a file to its readers up to a length that was once read, whatever is appended meanwhile, perhaps by the name that errors should give.</summary>
/// <param name="file">The file; the view's owner disposes it.</param>
/// <param name="path">The name.</param>
/// <param name="length">The length.</param>
internal sealed class FileView(IFile file, string path, long length) : IFile
{
    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public long Length => Math.Min(length, file.Length);

    /// <inheritdoc/>
    public int ReadAt(Span<byte> buffer, long offset) =>
        file.ReadAt(buffer[..(int)Math.Clamp(length - offset, 0, buffer.Length)], offset);

    /// <inheritdoc/>
    public void WriteAt(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException("A view of a file is only read.");

    /// <inheritdoc/>
    public void SetLength(long length) => throw new NotSupportedException("A view of a file is only read.");

    /// <inheritdoc/>
    public void Sync() => throw new NotSupportedException("A view of a file is only read.");

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
