using System.Buffers.Binary;
using System.Text;

namespace QuickStart;

/// <summary>Holds the vectors of common English words.</summary>
/// <remarks>
/// The file, little-endian: <c>HWV1</c>, int32 count, int32 dimensions; then for each word
/// <c>uint16 bytes · UTF-8 · int32 rank · float32 scale · int8[dimensions]</c>. A component is int8 × scale.
/// </remarks>
internal sealed class WordVectors
{
    /// <summary>The number of components of every vector.</summary>
    public const int Dimensions = 100;

    private const int HeaderBytes = 12;
    private const int LeastEntryBytes = 2 + 4 + 4 + Dimensions;

    private readonly Dictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _entries;
    private readonly byte[] _file;

    private WordVectors(byte[] file, Dictionary<string, Entry> entries)
    {
        _file = file;
        _entries = entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Gets the number of words.</summary>
    public int Count => _entries.Dictionary.Count;

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">The file is not of the form above; the message says where.</exception>
    public static WordVectors Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (file.Length < HeaderBytes || !file.AsSpan(0, 4).SequenceEqual("HWV1"u8))
        {
            throw new InvalidDataException($"'{path}' is no file of word vectors: it does not begin with HWV1.");
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        int dimensions = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        if (dimensions != Dimensions || count < 0 || count > (file.Length - HeaderBytes) / LeastEntryBytes)
        {
            throw new InvalidDataException($"'{path}' announces {count} words of {dimensions} dimensions; {Dimensions} are expected, in {file.Length} bytes.");
        }

        Dictionary<string, Entry> entries = new(count, StringComparer.Ordinal);
        int offset = HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            int nextOffset = ReadEntry(file, offset, out string? word, out Entry entry);
            if (word is null || !entries.TryAdd(word, entry))
            {
                throw new InvalidDataException($"'{path}' is damaged: word {i} of {count}, at byte {offset}, is cut short, out of range or there twice.");
            }

            offset = nextOffset;
        }

        return offset == file.Length
            ? new WordVectors(file, entries)
            : throw new InvalidDataException($"'{path}' has {file.Length - offset} bytes after its last word.");
    }

    /// <summary>Finds a word, in lower case.</summary>
    /// <param name="word">The word.</param>
    /// <param name="vector">Its vector.</param>
    public bool TryFind(ReadOnlySpan<char> word, out WordVector vector)
    {
        bool found = _entries.TryGetValue(word, out Entry entry);
        vector = found ? new WordVector(entry.Rank, entry.Scale, _file.AsSpan(entry.Offset, Dimensions)) : default;
        return found;
    }

    private static int ReadEntry(ReadOnlySpan<byte> file, int offset, out string? word, out Entry entry)
    {
        word = null;
        entry = default;
        int wordBytes = file.Length - offset < LeastEntryBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(file[offset..]);
        if (wordBytes > file.Length - offset - LeastEntryBytes)
        {
            return offset;
        }

        int rankOffset = offset + 2 + wordBytes;
        int rank = BinaryPrimitives.ReadInt32LittleEndian(file[rankOffset..]);
        float scale = BinaryPrimitives.ReadSingleLittleEndian(file[(rankOffset + 4)..]);
        if (rank >= 0 && float.IsFinite(scale))
        {
            word = Encoding.UTF8.GetString(file.Slice(offset + 2, wordBytes));
            entry = new Entry(rankOffset + 8, rank, scale);
        }

        return rankOffset + 8 + Dimensions;
    }

    private readonly record struct Entry(int Offset, int Rank, float Scale);
}

/// <summary>Is one word's vector as the file holds it.</summary>
internal readonly ref struct WordVector(int rank, float scale, ReadOnlySpan<byte> components)
{
    private readonly ReadOnlySpan<byte> _components = components;

    /// <summary>Gets how many words are more frequent.</summary>
    public int Rank => rank;

    /// <summary>Adds the vector times a weight to a sum.</summary>
    public void AddTo(Span<float> sum, float weight)
    {
        float step = scale * weight;
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += step * (sbyte)_components[i];
        }
    }
}
