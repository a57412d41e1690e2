using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of JSON values, nullable or not.</summary>
public sealed class JsonColumn : Column
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public JsonColumn(string name)
        : base(name)
    {
    }
}
