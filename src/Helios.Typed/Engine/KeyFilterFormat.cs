using System.Buffers.Binary;
using System.IO.Hashing;

namespace Helios.Typed.Engine;

/// <summary>Lays out the filter of a segment's keys, which says from one block of 32 bytes that a key is not there.</summary>
/// <remarks>
/// A Bloom filter in blocks: F. Putze, P. Sanders and J. Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (2007),
/// split into words as Apache Impala and Parquet do, with their salts; the hash is another.
/// <code>
/// 1. h = XxHash3-64 of the key's bytes, seeded
/// 2. the high half of h names the block: (h >> 32) · blocks >> 32
/// 3. the low half names one bit in each of its eight words: of word i, (low · salt[i] mod 2³²) >> 27
/// </code>
/// A key is not there where one of its eight bits is not set. With 12 bits a row, of the keys that are not there about one
/// in two hundred is taken for one that may be.
/// </remarks>
internal static class KeyFilterFormat
{
    /// <summary>The seed of the hash: "HELIOKEY".</summary>
    public const long Seed = 0x59454B4F494C4548;

    /// <summary>The bits of the filter for each row.</summary>
    public const int BitsPerRow = 12;

    /// <summary>The bytes of a block.</summary>
    public const int BlockBytes = WordsPerBlock * sizeof(uint);

    /// <summary>The words of a block.</summary>
    public const int WordsPerBlock = 8;

    /// <summary>The unit of the section: a page, since each key reads one block of it.</summary>
    public const int UnitBytes = 4 << 10;

    private const int WordShift = 27;

    private static ReadOnlySpan<uint> Salts => [0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31];

    /// <summary>Gives the number of blocks for a segment of so many rows.</summary>
    public static int BlocksFor(int rows) => checked((int)((((long)rows * BitsPerRow) + (BlockBytes * 8) - 1) / (BlockBytes * 8)));

    /// <summary>Hashes a key.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> key) => XxHash3.HashToUInt64(key, Seed);

    /// <summary>Gives the block of a hash.</summary>
    public static int BlockOf(ulong hash, int blocks) => (int)(((hash >> 32) * (ulong)blocks) >> 32);

    /// <summary>Puts a hash into its block.</summary>
    public static void Add(Span<uint> block, ulong hash)
    {
        for (int word = 0; word < WordsPerBlock; word++)
        {
            block[word] |= BitOf(hash, word);
        }
    }

    /// <summary>Says whether a hash may have been put into its block; false is certain.</summary>
    public static bool MayHold(ReadOnlySpan<byte> block, ulong hash)
    {
        for (int word = 0; word < WordsPerBlock; word++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(block[(word * sizeof(uint))..]) & BitOf(hash, word)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static uint BitOf(ulong hash, int word) => 1u << (int)(unchecked((uint)hash * Salts[word]) >> WordShift);
}
