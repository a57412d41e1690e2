namespace Helios.Typed.Storage.Segments;

/// <summary>Names a section of a segment file.</summary>
/// <param name="Kind">What it holds; the engine's own numbering, see <c>SegmentSections</c>.</param>
/// <param name="ColumnId">The column it belongs to, or 0.</param>
internal readonly record struct SectionKey(ushort Kind, ushort ColumnId) : IComparable<SectionKey>
{
    /// <inheritdoc/>
    public int CompareTo(SectionKey other) => Kind != other.Kind ? Kind.CompareTo(other.Kind) : ColumnId.CompareTo(other.ColumnId);
}
