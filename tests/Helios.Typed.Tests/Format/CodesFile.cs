using System.Buffers.Binary;
using Xunit;

namespace Helios.Typed.Tests.Format;

/// <summary>Reads a graph's codes by docs/format/codes.md.</summary>
internal static class CodesFile
{
    /// <summary>Checks that codes are those of so many vectors: header, center, and each row's sum and range.</summary>
    public static void Check(ReadOnlySpan<byte> codes, int vectors, int dimensions, int metric)
    {
        Assert.True(codes[..8].SequenceEqual("HELCODES"u8));
        Assert.Equal(
            [1u, 64u, (uint)vectors, (uint)dimensions, 1u, (uint)metric],
            new[] { At(codes, 8), At(codes, 12), At(codes, 16), At(codes, 20), At(codes, 24), At(codes, 28) });
        Assert.Equal([3u, (uint)(12 + dimensions)], new[] { At(codes, 40), At(codes, 44) });
        Assert.Equal(codes.Length, BinaryPrimitives.ReadInt64LittleEndian(codes[48..]));
        for (int i = 0; i < dimensions; i++)
        {
            Assert.True(float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(codes[(64 + (4 * i))..])));
        }

        int at = 64 + (4 * dimensions);
        for (int row = 0; row < vectors; row++, at += 12 + dimensions)
        {
            Assert.True(float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(codes[at..])));
            Assert.True(float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(codes[(at + 4)..])));
            byte[] code = codes.Slice(at + 12, dimensions).ToArray();
            Assert.All(code, element => Assert.InRange(element, 1, 127));
            Assert.Equal((uint)code.Sum(element => element), At(codes, at + 8));
        }

        Assert.Equal(codes.Length, at);
    }

    private static uint At(ReadOnlySpan<byte> codes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(codes[offset..]);
}
