using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Asks a filter of the rows of one source, and asks of each group of them first: where its statistics answer for all, no row is read.</summary>
/// <remarks>For one thread. A source without statistics is one group, of which every row is asked.</remarks>
internal sealed class GroupedFilter
{
    private readonly RowFilter _filter;
    private readonly TableSchema _schema;
    private readonly SegmentStatistics? _statistics;
    private readonly int _rowsPerGroup;
    private int _first;
    private int _next = int.MaxValue;
    private GroupMatch _match = GroupMatch.Some;

    /// <summary>Asks of the source as a whole.</summary>
    /// <param name="source">The source, which the caller holds.</param>
    /// <param name="schema">The table as the reader knows it.</param>
    /// <param name="filter">The filter.</param>
    /// <exception cref="HeliosCorruptionException">The statistics are not what was written.</exception>
    public GroupedFilter(RowSource source, TableSchema schema, RowFilter filter)
    {
        _filter = filter;
        _schema = schema;
        if (source.Statistics is not { } statistics)
        {
            return;
        }

        _match = Ask(statistics, group: -1);
        if (_match == GroupMatch.Some)
        {
            _statistics = statistics;
            _rowsPerGroup = statistics.RowsPerGroup;
            _next = 0;
        }
    }

    /// <summary>Gets whether it is known that no row of the source matches.</summary>
    public bool MatchesNone => _match == GroupMatch.None && _next == int.MaxValue;

    /// <summary>Says whether a row can match, by the statistics of its group: where it cannot, nor does any other of the group.</summary>
    /// <param name="ordinal">The row.</param>
    public bool MayMatch(int ordinal)
    {
        if (ordinal < _first || ordinal >= _next)
        {
            MoveTo(ordinal / _rowsPerGroup);
        }

        return _match != GroupMatch.None;
    }

    /// <summary>Gets the first row of the group that was asked about last.</summary>
    public int First => _first;

    /// <summary>Gets the last row of that group, or beyond the source's where it is the last.</summary>
    public int Last => _next - 1;

    /// <summary>Says whether a row matches; only of one of the group that was asked about last.</summary>
    /// <param name="row">Stands on the row.</param>
    public bool Matches(RowCursor row) => _match == GroupMatch.All || _filter.Matches(row);

    private void MoveTo(int group)
    {
        _first = group * _rowsPerGroup;
        _next = (int)Math.Min((long)_first + _rowsPerGroup, int.MaxValue);
        _match = Ask(_statistics!, group);
    }

    private GroupMatch Ask(SegmentStatistics statistics, int group)
    {
        try
        {
            return _filter.MatchesGroup(new RowGroup(statistics, _schema, group));
        }
        catch (InvalidDataException error)
        {
            throw statistics.Unreadable(error);
        }
    }
}
