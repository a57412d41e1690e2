using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Helios.Typed;

/// <summary>Is a place in a database's one order of commits, for going on from.</summary>
/// <remarks>
/// Keep it as its text, which <see cref="Parse(string, IFormatProvider)"/> reads, or as its two values. A place is of one
/// history: a database that was restored or salvaged goes on with another, in which the same numbers are other commits.
/// </remarks>
/// <param name="History">The history: at first the database's own id, and a new one after a restore or a salvage. Empty only at the <see cref="Start"/>.</param>
/// <param name="Sequence">The commit, as <see cref="WriteResult.Sequence"/> tells it; 0 is before the first.</param>
public readonly record struct ChangePosition(Guid History, long Sequence) : IParsable<ChangePosition>
{
    private const char Separator = '-';
    private const int HistoryLength = 32;

    /// <summary>Gets the place before the first commit of whatever history; the default.</summary>
    public static ChangePosition Start => default;

    /// <summary>Reads a position from its text.</summary>
    /// <param name="s">What <see cref="ToString"/> gave.</param>
    /// <param name="provider">Not used: the text is the same everywhere.</param>
    /// <exception cref="FormatException">It is no position.</exception>
    public static ChangePosition Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, provider, out ChangePosition position)
            ? position
            : throw new FormatException($"'{s}' is no position of changes. One is 32 hexadecimal digits, a hyphen and a number, as {nameof(ChangePosition)}.{nameof(ToString)} gives it.");
    }

    /// <summary>Reads a position from its text, where it is one.</summary>
    /// <param name="s">The text.</param>
    /// <param name="result">The position.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, out ChangePosition result) => TryParse(s, null, out result);

    /// <summary>Reads a position from its text, where it is one.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: the text is the same everywhere.</param>
    /// <param name="result">The position.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ChangePosition result)
    {
        result = default;
        if (s is null
            || s.Length <= HistoryLength + 1
            || s[HistoryLength] != Separator
            || !Guid.TryParseExact(s.AsSpan(0, HistoryLength), "N", out Guid history)
            || !long.TryParse(s.AsSpan(HistoryLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            || (history == Guid.Empty && sequence != 0))
        {
            return false;
        }

        result = new ChangePosition(history, sequence);
        return true;
    }

    /// <summary>Gives the position as text: the history in 32 hexadecimal digits, a hyphen, and the commit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{History:N}{Separator}{Sequence}");

    /// <summary>Requires that the position can be one.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal void RequirePossible(string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Sequence, parameter);
        if (History == Guid.Empty && Sequence != 0)
        {
            throw new ArgumentException($"The position has commit {Sequence} and no history. Go on from a whole position, as a change or a snapshot tells it, or from {nameof(ChangePosition)}.{nameof(Start)}.", parameter);
        }
    }
}
