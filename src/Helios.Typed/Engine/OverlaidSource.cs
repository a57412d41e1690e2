using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Shows a source as a transaction sees it: as of the commit it began at, without the rows it has replaced since.</summary>
/// <remarks>
/// The sequences that it is asked at are the transaction's own: the commit it began at, plus one for each of its writes. It
/// holds nothing; whoever made it holds the source. One writer, any number of readers without a lock.
/// </remarks>
internal sealed class OverlaidSource : RowSource
{
    private readonly RowSource _source;
    private readonly SequenceNumber _asOf;
    private readonly int _rows;
    private RowEnds? _hidden;

    /// <summary>Lays an empty overlay.</summary>
    /// <param name="source">The source, held by the caller.</param>
    /// <param name="asOf">The commit that the transaction began at.</param>
    public OverlaidSource(RowSource source, SequenceNumber asOf)
    {
        _source = source;
        _asOf = asOf;

        // What came to a memtable after the pin is of no concern, and may come while this is asked.
        _rows = source.RowCount;
    }

    /// <inheritdoc/>
    public override int RowCount => _rows;

    /// <inheritdoc/>
    public override int EndedCount => _source.EndedCount + (Volatile.Read(ref _hidden)?.Count ?? 0);

    /// <inheritdoc/>
    public override bool IsInKeyOrder => _source.IsInKeyOrder;

    /// <summary>Gets those of the source: they hold for fewer rows as well.</summary>
    public override SegmentStatistics? Statistics => _source.Statistics;

    /// <inheritdoc/>
    public override SequenceNumber NewestBegin => _source.NewestBegin;

    /// <inheritdoc/>
    public override SequenceNumber BeginOf(int ordinal) => _source.BeginOf(ordinal);

    /// <inheritdoc/>
    public override SequenceNumber EndOf(int ordinal)
    {
        SequenceNumber end = _source.EndOf(ordinal);
        return end.Value != 0 && end <= _asOf ? end : new SequenceNumber(HiddenAt(ordinal));
    }

    /// <summary>Hides a row version from the transaction; the source is left as it is.</summary>
    public override void End(int ordinal, SequenceNumber at)
    {
        if (_hidden is null)
        {
            Volatile.Write(ref _hidden, new RowEnds(_rows));
        }

        _hidden!.End(ordinal, at);
    }

    /// <inheritdoc/>
    public override bool IsVisible(int ordinal, SequenceNumber asOf)
    {
        ulong hidden = HiddenAt(ordinal);
        return (hidden == 0 || hidden > asOf.Value) && _source.IsVisible(ordinal, _asOf);
    }

    /// <inheritdoc/>
    public override bool AllVisible(SequenceNumber asOf) => Volatile.Read(ref _hidden) is null && _source.AllVisible(_asOf);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KeyOf(int ordinal) => _source.KeyOf(ordinal);

    /// <inheritdoc/>
    public override RowPlace PlaceOfRows => _source.PlaceOfRows;

    /// <inheritdoc/>
    public override RowPlace PlaceOfKeys => _source.PlaceOfKeys;

    /// <inheritdoc/>
    public override bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal) =>
        TryFindBelow(key, out ordinal) && IsVisible(ordinal, asOf);

    /// <summary>Finds the row version of a key that the transaction began with, hidden or not.</summary>
    public bool TryFindBelow(ReadOnlySpan<byte> key, out int ordinal) => _source.TryFind(key, _asOf, out ordinal);

    /// <inheritdoc/>
    public override RowCursor OpenCursor(TableSchema schema) => _source.OpenCursor(schema);

    /// <inheritdoc/>
    public override VectorView Vectors(int vectorIndex) => _source.Vectors(vectorIndex);

    /// <inheritdoc/>
    private protected override void Free()
    {
    }

    private ulong HiddenAt(int ordinal) => Volatile.Read(ref _hidden) is { } hidden && ordinal < _rows ? hidden[ordinal] : 0;
}
