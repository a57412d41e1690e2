using Helios.Typed.Engine;
using Helios.Typed.Primitives;

namespace Helios.Typed.Querying;

/// <summary>Gives the visible rows of one source that match, by rising ordinal: in a segment, by key. Groups of rows that cannot match are passed over unread.</summary>
internal sealed class SourceScan : IRowStream
{
    private const int RowsBetweenChecks = 4_096;

    private readonly RowSource _rows;
    private readonly int _source;
    private readonly int _count;
    private readonly SequenceNumber _sequence;
    private readonly bool _allVisible;
    private readonly GroupedFilter? _filter;
    private readonly CancellationToken _cancellationToken;
    private int _ordinal = -1;

    public SourceScan(TableSnapshot snapshot, int source, RowFilter? filter, CancellationToken cancellationToken)
    {
        _rows = snapshot.Sources[source];
        _source = source;
        _count = _rows.RowCount;
        _sequence = snapshot.Sequence;
        _allVisible = _rows.AllVisible(_sequence);
        _filter = filter is null ? null : new GroupedFilter(_rows, snapshot.Schema, filter);
        _cancellationToken = cancellationToken;
        Cursor = _rows.OpenCursor(snapshot.Schema);
    }

    /// <inheritdoc/>
    public RowCursor Cursor { get; }

    /// <summary>Gets where the row is.</summary>
    public RowLocation Location => new(_source, _ordinal);

    /// <inheritdoc/>
    public bool MoveNext()
    {
        while (++_ordinal < _count)
        {
            if (_ordinal % RowsBetweenChecks == 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
            }

            if (_filter is not null && !_filter.MayMatch(_ordinal))
            {
                _ordinal = Math.Min(_filter.Last, _count - 1);
                continue;
            }

            if (!_allVisible && !_rows.IsVisible(_ordinal, _sequence))
            {
                continue;
            }

            Cursor.MoveTo(_ordinal);
            if (_filter is null || _filter.Matches(Cursor))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => Cursor.Dispose();
}
