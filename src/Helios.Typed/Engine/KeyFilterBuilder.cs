using System.Runtime.InteropServices;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Makes the filter of a segment's keys, in memory: a byte and a half for each row.</summary>
/// <param name="rows">The rows of the segment.</param>
internal sealed class KeyFilterBuilder(int rows)
{
    private readonly uint[] _words = new uint[(long)KeyFilterFormat.BlocksFor(rows) * KeyFilterFormat.WordsPerBlock];

    /// <summary>Gets the filter as it is written, little-endian as the machines the library runs on.</summary>
    public ReadOnlySpan<byte> this[long offset, int count] => MemoryMarshal.AsBytes(_words.AsSpan((int)(offset / sizeof(uint)), count / sizeof(uint)));

    /// <summary>Gets the bytes of the filter.</summary>
    public long Bytes => (long)_words.Length * sizeof(uint);

    /// <summary>Puts a key in.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        ulong hash = KeyFilterFormat.HashOf(key);
        int block = KeyFilterFormat.BlockOf(hash, _words.Length / KeyFilterFormat.WordsPerBlock);
        KeyFilterFormat.Add(_words.AsSpan(block * KeyFilterFormat.WordsPerBlock, KeyFilterFormat.WordsPerBlock), hash);
    }

    /// <summary>Writes the section.</summary>
    public void Write(SegmentWriter file)
    {
        file.BeginSection(new SectionKey(SegmentSections.KeyFilter, 0), KeyFilterFormat.UnitBytes);
        for (long offset = 0; offset < Bytes; offset += KeyFilterFormat.UnitBytes)
        {
            file.WriteUnit(this[offset, (int)Math.Min(KeyFilterFormat.UnitBytes, Bytes - offset)]);
        }
    }
}
