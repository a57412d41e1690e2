namespace Helios.Typed.Schema;

/// <summary>Is a constant value of a column, encoded as a row's cell; compared by its bytes.</summary>
/// <param name="bytes">The cell; owned from here on.</param>
internal sealed class ConstantCell(byte[] bytes) : IEquatable<ConstantCell>
{
    /// <summary>Gets the cell, which nobody changes.</summary>
    internal byte[] Bytes { get; } = bytes;

    /// <inheritdoc/>
    public bool Equals(ConstantCell? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConstantCell);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = Bytes.Length;
        foreach (byte value in Bytes)
        {
            hash = unchecked((hash * 31) + value);
        }

        return hash;
    }
}
