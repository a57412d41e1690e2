using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Helios.Typed.Benchmarks.Ann;

/// <summary>Reads files of vectors: fvecs of float32 or ivecs of int32.</summary>
/// <remarks>For every row an int32 count, the same in each, then that many 4-byte values; little-endian.</remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="int"/>.</typeparam>
internal sealed class VectorFile<T>
    where T : unmanaged
{
    private readonly string _path;

    private VectorFile(string path, int rows, int dimensions)
    {
        _path = path;
        Rows = rows;
        Dimensions = dimensions;
    }

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of values of every row.</summary>
    public int Dimensions { get; }

    /// <summary>Opens a file: reads its first count, and holds the size against it.</summary>
    /// <exception cref="InvalidDataException">The size is no whole number of rows.</exception>
    public static VectorFile<T> Open(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> count = stackalloc byte[sizeof(int)];
        if (file.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) < count.Length)
        {
            throw new InvalidDataException($"'{path}' holds no row.");
        }

        int dimensions = BinaryPrimitives.ReadInt32LittleEndian(count);
        long rowBytes = sizeof(int) * (1L + dimensions);
        return dimensions > 0 && file.Length % rowBytes == 0 && file.Length / rowBytes <= int.MaxValue
            ? new VectorFile<T>(path, (int)(file.Length / rowBytes), dimensions)
            : throw new InvalidDataException($"'{path}' has {file.Length} bytes, which is no whole number of rows of {dimensions} values.");
    }

    /// <summary>Reads row after row, so that no more than one is in memory beside what the caller keeps.</summary>
    /// <exception cref="InvalidDataException">A row has another count than the first.</exception>
    public IEnumerable<T[]> ReadRows()
    {
        using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20);
        byte[] row = new byte[sizeof(int) * (1 + Dimensions)];
        for (int i = 0; i < Rows; i++)
        {
            file.ReadExactly(row);
            int count = BinaryPrimitives.ReadInt32LittleEndian(row);
            if (count != Dimensions)
            {
                throw new InvalidDataException($"'{_path}' has {count} values in row {i}; the first row has {Dimensions}.");
            }

            yield return MemoryMarshal.Cast<byte, T>(row.AsSpan(sizeof(int))).ToArray();
        }
    }
}
