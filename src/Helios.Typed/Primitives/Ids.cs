namespace Helios.Typed.Primitives;

/// <summary>Names a table for the life of the database; 1 and up, never used again.</summary>
internal readonly record struct TableId(uint Value);

/// <summary>Names a segment for the life of the database; 1 and up, never used again.</summary>
internal readonly record struct SegmentId(ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Is a commit's place in the database's one order of commits; 0 is before the first.</summary>
internal readonly record struct SequenceNumber(ulong Value) : IComparable<SequenceNumber>
{
    /// <inheritdoc/>
    public int CompareTo(SequenceNumber other) => Value.CompareTo(other.Value);

    public static bool operator <(SequenceNumber a, SequenceNumber b) => a.Value < b.Value;

    public static bool operator >(SequenceNumber a, SequenceNumber b) => a.Value > b.Value;

    public static bool operator <=(SequenceNumber a, SequenceNumber b) => a.Value <= b.Value;

    public static bool operator >=(SequenceNumber a, SequenceNumber b) => a.Value >= b.Value;
}
