using System.Buffers;
using System.Numerics;

namespace Helios.Typed.Primitives;

/// <summary>Is a set of places 0 to a length, a bit each, in pooled memory.</summary>
/// <remarks>Not thread-safe while it is filled.</remarks>
internal sealed class BitSet : IDisposable
{
    private ulong[] _words;

    /// <summary>Creates an empty set.</summary>
    /// <param name="length">The number of places.</param>
    public BitSet(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _words = ArrayPool<ulong>.Shared.Rent(WordsOf(length));
        Array.Clear(_words, 0, WordsOf(length));
    }

    /// <summary>Gets the number of places.</summary>
    public int Length { get; }

    /// <summary>Counts the places in the set.</summary>
    public int Count()
    {
        int count = 0;
        foreach (ulong word in _words.AsSpan(0, WordsOf(Length)))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Puts a place into the set.</summary>
    public void Add(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Length, nameof(place));
        _words[place >> 6] |= 1UL << place;
    }

    /// <summary>Says whether a place is in the set; those beyond its length are not.</summary>
    public bool Contains(int place) => (uint)place < (uint)Length && (_words[place >> 6] & (1UL << place)) != 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_words.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_words);
            _words = [];
        }
    }

    private static int WordsOf(int length) => (int)(((long)length + 63) >> 6);
}
