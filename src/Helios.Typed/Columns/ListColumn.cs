using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of lists.</summary>
/// <typeparam name="T">The CLR type of an element.</typeparam>
public sealed class ListColumn<T> : Column
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ListColumn(string name)
        : base(name)
    {
    }
}
