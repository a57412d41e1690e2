using System.Text;

namespace Helios.Typed.Querying.Filters;

/// <summary>Matches UTF-8 text with a pattern of <c>LIKE</c>.</summary>
/// <remarks>
/// The pattern is cut at its <c>%</c> into pieces that must follow one another; each but the first and last is looked for
/// from where the one before ended. Taking the first place it is found is enough, so the work is at most text × pattern.
/// </remarks>
internal sealed class LikePattern
{
    private const char Escape = '\\';

    // In a piece, a byte that UTF-8 never has stands for one character of any kind.
    private const byte AnyCharacter = 0xFF;

    private readonly byte[][] _pieces;
    private readonly bool[] _hasWildcard;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern: <c>%</c> any text, <c>_</c> any character, <c>\</c> escapes.</param>
    /// <exception cref="ArgumentException">It ends in an escape, or has half a surrogate pair.</exception>
    public LikePattern(string pattern)
    {
        UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        List<byte[]> pieces = [];
        List<byte> piece = [];
        StringBuilder literal = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == Escape)
            {
                c = ++i < pattern.Length ? pattern[i] : throw new ArgumentException($"the pattern '{pattern}' ends in an escape that escapes nothing");
                literal.Append(c);
                continue;
            }

            if (c is not ('%' or '_'))
            {
                literal.Append(c);
                continue;
            }

            Flush();
            if (c == '_')
            {
                piece.Add(AnyCharacter);
            }
            else
            {
                pieces.Add([.. piece]);
                piece.Clear();
            }
        }

        Flush();
        pieces.Add([.. piece]);
        _pieces = [.. pieces];
        _hasWildcard = [.. pieces.Select(p => p.Contains(AnyCharacter))];

        void Flush()
        {
            piece.AddRange(strictUtf8.GetBytes(literal.ToString()));
            literal.Clear();
        }
    }

    /// <summary>Gets what every text that fits begins with.</summary>
    public ReadOnlySpan<byte> Prefix => _pieces[0].AsSpan(0, _hasWildcard[0] ? Array.IndexOf(_pieces[0], AnyCharacter) : _pieces[0].Length);

    /// <summary>Says whether the whole of a text fits.</summary>
    /// <param name="text">The text as UTF-8.</param>
    public bool Matches(ReadOnlySpan<byte> text)
    {
        int first = MatchAt(0, text, 0);
        if (_pieces.Length == 1)
        {
            return first == text.Length;
        }

        if (first < 0)
        {
            return false;
        }

        for (int i = 1; i < _pieces.Length - 1; i++)
        {
            first = Find(i, text, first);
            if (first < 0)
            {
                return false;
            }
        }

        return EndsWith(text[first..]);
    }

    // Gives where the piece ends if it begins at a place, or −1.
    private int MatchAt(int index, ReadOnlySpan<byte> text, int start)
    {
        ReadOnlySpan<byte> piece = _pieces[index];
        if (!_hasWildcard[index])
        {
            return text[start..].StartsWith(piece) ? start + piece.Length : -1;
        }

        int at = start;
        foreach (byte expected in piece)
        {
            if (at == text.Length || (expected != AnyCharacter && expected != text[at]))
            {
                return -1;
            }

            at = expected == AnyCharacter ? NextCharacter(text, at) : at + 1;
        }

        return at;
    }

    private int Find(int index, ReadOnlySpan<byte> text, int from)
    {
        if (!_hasWildcard[index])
        {
            int found = text[from..].IndexOf(_pieces[index]);
            return found < 0 ? -1 : from + found + _pieces[index].Length;
        }

        for (int start = from; start <= text.Length; start = start < text.Length ? NextCharacter(text, start) : start + 1)
        {
            int end = MatchAt(index, text, start);
            if (end >= 0)
            {
                return end;
            }
        }

        return -1;
    }

    private bool EndsWith(ReadOnlySpan<byte> text)
    {
        int last = _pieces.Length - 1;
        if (!_hasWildcard[last])
        {
            return text.EndsWith(_pieces[last]);
        }

        // A piece with characters of any width has no fixed length: its characters are counted from the end.
        int start = text.Length;
        for (int characters = CountCharacters(_pieces[last]); characters > 0; characters--)
        {
            do
            {
                if (--start < 0)
                {
                    return false;
                }
            }
            while (IsContinuation(text[start]));
        }

        return MatchAt(last, text, start) == text.Length;
    }

    private static int CountCharacters(byte[] piece) => piece.Count(b => !IsContinuation(b));

    private static int NextCharacter(ReadOnlySpan<byte> text, int at)
    {
        do
        {
            at++;
        }
        while (at < text.Length && IsContinuation(text[at]));
        return at;
    }

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;
}
