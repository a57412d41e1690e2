using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;

namespace Helios.Typed.Engine;

/// <summary>Is a segment that was written and opened; until it is disposed it lives, also where no version holds it.</summary>
internal sealed class NewSegment : IDisposable
{
    private readonly IReadOnlyList<RowSource> _sources;

    private NewSegment(TableId table, IReadOnlyList<RowSource> sources, SegmentBuildResult result, ManifestSegment description, Segment? segment)
    {
        Table = table;
        _sources = sources;
        Result = result;
        Description = description;
        Segment = segment;
    }

    /// <summary>Gets the table.</summary>
    public TableId Table { get; }

    /// <summary>Gets what was written.</summary>
    public SegmentBuildResult Result { get; }

    /// <summary>Gets or sets the segment as the manifest keeps it.</summary>
    public ManifestSegment Description { get; set; }

    /// <summary>Gets the segment, or null where every row of the sources had ended.</summary>
    public Segment? Segment { get; }

    /// <summary>Writes the rows of sources as a segment and opens it.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="table">The table.</param>
    /// <param name="schema">The table's schema.</param>
    /// <param name="sources">The sources, which stay alive until the segment is installed.</param>
    /// <param name="keepFrom">Row versions that ended at or before this commit, which is durable, are left out.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static NewSegment Build(DatabaseState state, TableId table, TableSchema schema, IReadOnlyList<RowSource> sources, SequenceNumber keepFrom, CancellationToken cancellationToken)
    {
        SegmentId id = new(state.TakeFileNumber());
        string fileName = FileNames.Segment(id.Value);
        SegmentBuildResult result = SegmentBuilder.Build(state.Options.Files, state.PathOf(fileName), schema, sources, keepFrom, cancellationToken);
        ManifestSegment description = new(id, table, fileName, (uint)result.Rows, result.First, result.Last, []);
        try
        {
            Segment? segment = result.Rows == 0 ? null
                : Segment.Open(state.Options.Files, state.Options.Path, description, schema, state.Memory, state.Log.FoundDamagedGraph);
            return new NewSegment(table, sources, result, description, segment);
        }
        catch
        {
            state.TryDelete(fileName);
            throw;
        }
    }

    /// <summary>Ends in the segment what has ended in the sources; what is carried already is passed over.</summary>
    /// <returns>The segment.</returns>
    public Segment? CarryEnds()
    {
        for (int source = 0; source < _sources.Count && Segment is not null; source++)
        {
            if (_sources[source].EndedCount == 0)
            {
                continue;
            }

            int[] ordinals = Result.Ordinals[source];
            for (int old = 0; old < ordinals.Length; old++)
            {
                SequenceNumber end = _sources[source].EndOf(old);
                if (end.Value != 0 && ordinals[old] >= 0 && Segment.EndOf(ordinals[old]).Value == 0)
                {
                    Segment.End(ordinals[old], end);
                }
            }
        }

        return Segment;
    }

    /// <summary>Deletes the file of a segment that will not be installed.</summary>
    public void Delete(DatabaseState state)
    {
        if (Segment is not null)
        {
            state.TryDelete(Description.FileName);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Segment?.ReleaseReference();

    /// <summary>Counts the rows of the segment that ended at or before a commit.</summary>
    public int CountEnds(SequenceNumber through) => Segment?.EndsThrough(through).Count() ?? 0;
}
