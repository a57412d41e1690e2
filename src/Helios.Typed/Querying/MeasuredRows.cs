using Helios.Typed.Records;

namespace Helios.Typed.Querying;

/// <summary>Gives the rows of a query and ends its measure when they were read.</summary>
/// <param name="rows">The rows; disposed with these.</param>
/// <param name="measure">The measure.</param>
internal sealed class MeasuredRows(RowResults rows, QueryMeasure measure) : RowResults
{
    private long _count;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override double Distance => rows.Distance;

    /// <inheritdoc/>
    public override HeliosKey Key => rows.Key;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        bool moved = rows.MoveNext();
        _count += moved ? 1 : 0;
        return moved;
    }

    /// <inheritdoc/>
    public override RowDecoder Decode() => rows.Decode();

    /// <inheritdoc/>
    public override void Dispose()
    {
        rows.Dispose();
        if (!_isDisposed)
        {
            _isDisposed = true;
            measure.End(_count);
        }
    }
}
