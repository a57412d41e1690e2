using System.Diagnostics;

namespace Helios.Typed.Benchmarks.Store;

/// <summary>Measures what the disk itself takes, sequentially.</summary>
internal static class DiskRate
{
    /// <summary>Writes a file in slices, and measures bytes a second until all are on the disk.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="sliceBytes">The bytes of one write.</param>
    /// <param name="syncEach">Whether each slice is synced, as durable batches are; otherwise the file is, once.</param>
    public static double Measure(string folder, long bytes, int sliceBytes, bool syncEach)
    {
        string path = Path.Combine(folder, $"rate-{Guid.CreateVersion7():N}");
        byte[] slice = new byte[sliceBytes];
        new Random(1).NextBytes(slice);
        try
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            long start = Stopwatch.GetTimestamp();
            for (long written = 0; written < bytes; written += sliceBytes)
            {
                file.Write(slice);
                if (syncEach)
                {
                    file.Flush(flushToDisk: true);
                }
            }

            file.Flush(flushToDisk: true);
            return bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
