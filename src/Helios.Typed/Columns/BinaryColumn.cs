using System.ComponentModel;

namespace Helios.Typed;

/// <summary>Is a column of byte strings, nullable or not.</summary>
public sealed class BinaryColumn : ScalarColumn<byte[]?>
{
    /// <summary>Names a column.</summary>
    /// <param name="name">The column's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public BinaryColumn(string name)
        : base(name)
    {
    }
}
