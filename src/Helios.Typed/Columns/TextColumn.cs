using System.ComponentModel;
using Helios.Typed.Sql.Ast;

namespace Helios.Typed;

/// <summary>Is a column of text, nullable or not.</summary>
/// <remarks>Everything here is ordinal: case counts, and text is ordered by its UTF-8 bytes (PostgreSQL's <c>COLLATE "C"</c>).</remarks>
public sealed class TextColumn : ScalarColumn<string?>
{
    private const char Escape = '\\';

    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TextColumn(string name)
        : base(name)
    {
    }

    /// <summary>Matches rows whose text begins with another.</summary>
    /// <param name="prefix">The beginning.</param>
    public Predicate StartsWith(string prefix) => MatchPattern(EscapePattern(prefix) + "%");

    /// <summary>Matches rows whose text ends with another.</summary>
    /// <param name="suffix">The end.</param>
    public Predicate EndsWith(string suffix) => MatchPattern("%" + EscapePattern(suffix));

    /// <summary>Matches rows whose text holds another.</summary>
    /// <param name="text">What it holds.</param>
    public Predicate Contains(string text) => MatchPattern("%" + EscapePattern(text) + "%");

    /// <summary>Matches rows whose whole text fits a pattern.</summary>
    /// <param name="pattern">The pattern: <c>%</c> stands for any text, <c>_</c> for any one character (a Unicode code point), <c>\</c> takes the meaning from what follows.</param>
    /// <exception cref="ArgumentException">The pattern ends in an escape that escapes nothing.</exception>
    public Predicate Like(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        int escapes = pattern.Length - pattern.AsSpan().TrimEnd(Escape).Length;
        if (escapes % 2 != 0)
        {
            throw new ArgumentException($"The pattern '{pattern}' for column '{Name}' ends in an escape that escapes nothing. Write \\\\ for a backslash.", nameof(pattern));
        }

        return MatchPattern(pattern);
    }

    private Predicate MatchPattern(string pattern) =>
        new(new LikeExpression(Reference, Literal.Of(ColumnType.Text, pattern), IsNegated: false));

    private static string EscapePattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
    }
}
