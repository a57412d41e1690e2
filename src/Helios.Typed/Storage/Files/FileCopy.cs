using System.Buffers;
using Helios.Typed.Storage.Framing;

namespace Helios.Typed.Storage.Files;

/// <summary>Copies the bytes of a file.</summary>
internal static class FileCopy
{
    private const int SliceBytes = 1 << 20;

    /// <summary>Appends all of a file to an empty one; nothing is synced.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">The empty one.</param>
    /// <param name="progress">Is told the bytes of each step.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void Copy(IFile from, IFile to, Action<long> progress, CancellationToken cancellationToken)
    {
        byte[] slice = ArrayPool<byte>.Shared.Rent(SliceBytes);
        try
        {
            long bytes = from.Length;
            for (long offset = 0; offset < bytes;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = from.ReadAt(slice.AsSpan(0, (int)Math.Min(SliceBytes, bytes - offset)), offset);
                if (read == 0)
                {
                    throw Corruption.At(from.Path, offset, $"the file ends here, and a moment ago it had {bytes} bytes");
                }

                to.WriteAt(slice.AsSpan(0, read), offset);
                offset += read;
                progress(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slice);
        }
    }
}
