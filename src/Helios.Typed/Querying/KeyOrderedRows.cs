using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed.Querying;

/// <summary>Gives matching rows by rising key, merged from all sources, and reads no further than it is asked to.</summary>
/// <remarks>
/// Segments are in key order and are read as the merge goes on. Memtables are not: their matching rows, no more than are
/// wanted, are sorted first.
/// </remarks>
internal sealed class KeyOrderedRows : RowResults
{
    private readonly TableSnapshot _snapshot;
    private readonly List<IRowStream> _streams = [];
    private readonly CancellationToken _cancellationToken;
    private IRowStream? _current;
    private long _skipped;
    private long _left;

    public KeyOrderedRows(TableSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        _snapshot = snapshot;
        _cancellationToken = cancellationToken;
        _skipped = plan.Skipped;
        _left = plan.Taken ?? long.MaxValue;
        try
        {
            for (int source = 0; source < snapshot.Sources.Count; source++)
            {
                Add(OpenStream(source, plan));
            }
        }
        catch
        {
            DisposeStreams();
            throw;
        }
    }

    /// <inheritdoc/>
    public override double Distance => 0;

    /// <inheritdoc/>
    public override HeliosKey Key => Current.ReadKey();

    private RowCursor Current => _current?.Cursor ?? throw new InvalidOperationException("The results stand on no row.");

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        while (_left > 0 && Advance())
        {
            if (_skipped == 0)
            {
                _left--;
                return true;
            }

            _skipped--;
        }

        _current = null;
        _left = 0;
        return false;
    }

    /// <inheritdoc/>
    public override RowDecoder Decode() => Current.Decode();

    /// <inheritdoc/>
    public override void Dispose()
    {
        DisposeStreams();
        _snapshot.Dispose();
    }

    private IRowStream OpenStream(int source, QueryPlan plan)
    {
        SourceScan scan = new(_snapshot, source, plan.Filter, _cancellationToken);
        if (_snapshot.Sources[source].IsInKeyOrder)
        {
            return scan;
        }

        try
        {
            RowSorter sorter = new(new SortOrder(plan.Order, _snapshot.Schema), plan.Wanted);
            while (scan.MoveNext())
            {
                sorter.Offer(scan.Cursor, scan.Location);
            }

            return new LocatedStream(scan.Cursor, sorter.Sort());
        }
        catch
        {
            scan.Dispose();
            throw;
        }
    }

    private void Add(IRowStream stream)
    {
        if (stream.MoveNext())
        {
            _streams.Add(stream);
        }
        else
        {
            stream.Dispose();
        }
    }

    private bool Advance()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_current is not null && !_current.MoveNext())
        {
            _streams.Remove(_current);
            _current.Dispose();
        }

        _current = null;
        foreach (IRowStream stream in _streams)
        {
            if (_current is null || stream.Cursor.Key.SequenceCompareTo(_current.Cursor.Key) < 0)
            {
                _current = stream;
            }
        }

        return _current is not null;
    }

    private void DisposeStreams()
    {
        foreach (IRowStream stream in _streams)
        {
            stream.Dispose();
        }

        _streams.Clear();
    }
}
