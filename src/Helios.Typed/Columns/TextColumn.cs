using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of text, nullable or not.</summary>
public sealed class TextColumn : Column<string?>
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public TextColumn(string name)
        : base(name)
    {
    }
}
