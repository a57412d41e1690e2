using System.Buffers.Binary;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is an immutable file of rows, with its sidecars.</summary>
/// <remarks>Opening reads directories only; what a reader asks for is read then, verified, and kept while the memory budget has room.</remarks>
internal sealed class Segment : RowSource
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly SegmentContents _contents;
    private readonly Action<HeliosCorruptionException>? _damaged;
    private readonly SegmentKeys _keys;
    private readonly PagedSection _begins;
    private readonly bool _hasNarrowBegins;
    private readonly SegmentColumn?[] _columns;
    private readonly SegmentVectors[] _vectors;
    private readonly RowEnds _ends;
    private volatile TableSchema _schema;
    private volatile ManifestSegment _description;
    private readonly TaskCompletionSource<Exception?> _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _deleteWhenFree;
    private volatile bool _isOwedGraph;
    private volatile int _persistedEnds;

    private Segment(IFileSystem files, string directory, ManifestSegment description, TableSchema schema, SegmentContents contents, Action<HeliosCorruptionException>? damaged)
    {
        _files = files;
        _directory = directory;
        _description = description;
        _schema = schema;
        _contents = contents;
        _damaged = damaged;
        if (contents.Rows != description.Rows || contents.First != description.First || contents.Last != description.Last || contents.KeyType != schema.KeyType)
        {
            throw SegmentContents.Damaged(
                contents.Reader,
                $"it holds {contents.Rows} rows with {contents.KeyType} keys from sequence {contents.First.Value} to {contents.Last.Value}, and the manifest says {description.Rows} rows with {schema.KeyType} keys from {description.First.Value} to {description.Last.Value}",
                contents.Require(SegmentSections.Summary, 0));
        }

        _keys = new SegmentKeys(contents);
        _hasNarrowBegins = contents.Last.Value - contents.First.Value <= uint.MaxValue;
        _begins = contents.Paged(contents.Require(SegmentSections.Begins, 0, (long)contents.Rows * (_hasNarrowBegins ? sizeof(uint) : sizeof(ulong))));
        Rows = new SegmentRows(contents);
        _columns = new SegmentColumn?[contents.HighestColumnId + 1];
        foreach (ColumnShape column in schema.Stored.Columns.Where(column => column.Id < _columns.Length && column.Vector is null))
        {
            _columns[column.Id] = SegmentColumn.Find(contents, column);
        }

        _vectors = [.. schema.VectorColumns.Select(column => new SegmentVectors(this, contents, column))];
        _ends = new RowEnds(contents.Rows);
        Statistics = new SegmentStatistics(contents);
    }

    /// <summary>Gets the segment as the manifest keeps it; replaced when a sidecar is added.</summary>
    public ManifestSegment Description => _description;

    /// <inheritdoc/>
    public override int RowCount => _contents.Rows;

    /// <inheritdoc/>
    public override int EndedCount => _ends.Count;

    /// <inheritdoc/>
    public override bool IsInKeyOrder => true;

    /// <summary>Gets what the file says of the values of its columns.</summary>
    public override SegmentStatistics Statistics { get; }

    /// <summary>Gets whether a stored graph was found damaged and has not been built anew.</summary>
    public bool HasDamagedGraph => _vectors.Any(vectors => vectors.IsGraphDamaged);

    /// <summary>Gets the highest id of a column when the file was written.</summary>
    public int HighestColumnId => _contents.HighestColumnId;

    /// <summary>Gets or sets whether the rows had a graph that a merge cost them: it is built again at any size, without being asked for.</summary>
    public bool IsOwedGraph
    {
        get => _isOwedGraph;
        set => _isOwedGraph = value;
    }

    /// <summary>Gets or sets how many ends of the rows its deletion file has; set under the structure lock.</summary>
    public int PersistedEnds
    {
        get => _persistedEnds;
        set => _persistedEnds = value;
    }

    /// <summary>Gets the rows, for the cursors.</summary>
    internal SegmentRows Rows { get; }

    /// <summary>Gets the file, for what is read from it and for errors.</summary>
    internal SegmentReader Reader => _contents.Reader;

    /// <summary>Opens a segment and its deletion file.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory.</param>
    /// <param name="description">The segment as the manifest keeps it.</param>
    /// <param name="schema">The table.</param>
    /// <param name="memory">What is loaded is loaded with it.</param>
    /// <param name="damaged">Is told once of each damaged graph file, which is then done without, or null.</param>
    /// <exception cref="HeliosCorruptionException">A file is damaged, or is not the one that the manifest means.</exception>
    /// <exception cref="HeliosFormatException">A file is of an unknown format version.</exception>
    public static Segment Open(IFileSystem files, string directory, ManifestSegment description, TableSchema schema, SegmentMemory memory, Action<HeliosCorruptionException>? damaged = null)
    {
        var reader = SegmentReader.Open(files, Path.Combine(directory, description.FileName));
        try
        {
            Segment segment = new(files, directory, description, schema, SegmentContents.Read(reader, memory), damaged);
            SegmentSidecars.ReadDeletions(files, directory, segment, memory.Allocator);
            segment.AttachStoredGraphs();
            return segment;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Gets the sections of the main file, and how long each is.</summary>
    public IReadOnlyList<Section> Sections => _contents.Reader.Sections;

    /// <summary>Counts the rows that have a vector in a column, deleted ones included.</summary>
    public int CountVectors(int vectorIndex) => vectorIndex < _vectors.Length ? _vectors[vectorIndex].Count : 0;

    /// <summary>Says whether a column needs no graph built: one by its present settings stands beside the segment, or no row has a vector.</summary>
    public bool HasGraph(int vectorIndex) =>
        vectorIndex >= _vectors.Length || _vectors[vectorIndex].Count == 0
            || (!_vectors[vectorIndex].IsGraphDamaged && FindGraph(_schema.VectorColumns[vectorIndex]) is not null);

    /// <summary>Says whether the file may hold values of columns that were dropped after it was written.</summary>
    /// <param name="stored">The table as it is stored, of which no column comes back once it is dropped.</param>
    public bool MayHoldDropped(TableShape stored) =>
        stored.Columns.Count(column => column.IsDropped && column.Id <= _contents.HighestColumnId) > _contents.DroppedColumns;

    /// <summary>Takes the table's new settings, which decide whether a graph is the one asked for; until another is attached, the old one serves.</summary>
    public void Adopt(TableSchema schema) => _schema = schema;

    /// <summary>Takes a finished sidecar: from now on readers use the graph, whose memory was reserved.</summary>
    public void Attach(ManifestSegment description, int vectorIndex, HnswGraph graph)
    {
        ColumnShape column = _schema.VectorColumns[vectorIndex];
        ManifestSidecar sidecar = description.Sidecars.Last(added => added.Kind == SegmentSections.GraphSidecar && added.ColumnId == column.Id);
        _vectors[vectorIndex].Attach(graph, GraphFile(sidecar, column));
        _description = description;
    }

    /// <summary>Notes that the deletions were persisted.</summary>
    public void Describe(ManifestSegment description) => _description = description;

    /// <summary>Gets a task that ends when the last reader has gone and, where that was asked for, the files with it; it gives the failure to delete one, or null.</summary>
    public Task<Exception?> Freed => _freed.Task;

    /// <summary>Asks for the files to be deleted when the last reader has gone.</summary>
    public void DeleteWhenFree() => _deleteWhenFree = true;

    /// <inheritdoc/>
    public override SequenceNumber NewestBegin => _contents.Last;

    /// <inheritdoc/>
    public override SequenceNumber BeginOf(int ordinal)
    {
        ulong delta = _hasNarrowBegins
            ? BinaryPrimitives.ReadUInt32LittleEndian(_begins.Slice((long)ordinal * sizeof(uint), sizeof(uint)))
            : BinaryPrimitives.ReadUInt64LittleEndian(_begins.Slice((long)ordinal * sizeof(ulong), sizeof(ulong)));
        return new SequenceNumber(_contents.First.Value + delta);
    }

    /// <inheritdoc/>
    public override SequenceNumber EndOf(int ordinal) => new(_ends[ordinal]);

    /// <inheritdoc/>
    public override void End(int ordinal, SequenceNumber at) => _ends.End(ordinal, at);

    /// <inheritdoc/>
    public override bool AllVisible(SequenceNumber asOf) => _contents.Last <= asOf && _ends.Count == 0;

    /// <inheritdoc/>
    public override bool IsVisible(int ordinal, SequenceNumber asOf)
    {
        ulong end = _ends[ordinal];
        return (_contents.Last <= asOf || BeginOf(ordinal) <= asOf) && (end == 0 || end > asOf.Value);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> KeyOf(int ordinal) => _keys.KeyOf(ordinal);

    /// <inheritdoc/>
    public override RowPlace PlaceOfRows => new(Reader.Path, Rows.Blocks.Offset);

    /// <inheritdoc/>
    public override RowPlace PlaceOfKeys => new(Reader.Path, _keys.Section.Offset);

    /// <inheritdoc/>
    public override bool TryFind(ReadOnlySpan<byte> key, SequenceNumber asOf, out int ordinal)
    {
        ordinal = -1;
        if (!_keys.MayHold(key))
        {
            return false;
        }

        for (ordinal = _keys.LowerBound(key); ordinal < RowCount && KeyOf(ordinal).SequenceEqual(key); ordinal++)
        {
            // The first that began is the newest the reader may know; if that one has ended, so have the older ones.
            if (_contents.Last <= asOf || BeginOf(ordinal) <= asOf)
            {
                return IsVisible(ordinal, asOf);
            }
        }

        return false;
    }

    /// <summary>Finds the newest version of a key, ended or not; -1 where there is none. Asks the keys alone: the filter may be damaged where they are not.</summary>
    public int FindNewest(ReadOnlySpan<byte> key)
    {
        int ordinal = _keys.LowerBound(key);
        return ordinal < RowCount && KeyOf(ordinal).SequenceEqual(key) ? ordinal : -1;
    }

    /// <summary>Says whether the filter of the keys, where there is one, knows a key.</summary>
    internal bool MayHold(ReadOnlySpan<byte> key) => _keys.MayHold(key);

    /// <inheritdoc/>
    public override RowCursor OpenCursor(TableSchema schema) => new SegmentCursor(this, schema);

    /// <inheritdoc/>
    public override VectorView Vectors(int vectorIndex) =>
        vectorIndex < _vectors.Length ? _vectors[vectorIndex].View() : VectorView.Empty;

    /// <summary>Gives the vectors of a column in memory, for a graph to be built over them.</summary>
    /// <param name="vectorIndex">The column.</param>
    /// <returns>The vectors, or null where the budget has no room for them.</returns>
    public VectorView? TryLoadVectors(int vectorIndex) => _vectors[vectorIndex].TryLoad();

    /// <summary>Lists the versions that ended at or before a sequence, by ordinal.</summary>
    internal IEnumerable<(int Ordinal, ulong At)> EndsThrough(SequenceNumber through) => _ends.Through(through);

    /// <summary>Says whether a column's values are found without the row: in its own sections, or nowhere, as it came later.</summary>
    /// <param name="columnId">The column.</param>
    /// <param name="column">The sections, or null where it came later than the segment.</param>
    internal bool TryGetColumn(int columnId, out SegmentColumn? column)
    {
        bool cameLater = (uint)columnId >= (uint)_columns.Length;
        column = cameLater ? null : _columns[columnId];
        return cameLater || column is not null;
    }

    /// <summary>Finds a row's vector; see <see cref="SegmentVectors.TryRead"/>.</summary>
    internal bool TryReadVector(int vectorIndex, int ordinal, ref byte[] buffer, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return vectorIndex < _vectors.Length && _vectors[vectorIndex].TryRead(ordinal, ref buffer, out vector);
    }

    /// <inheritdoc/>
    private protected override void Free()
    {
        foreach (SegmentVectors vectors in _vectors)
        {
            vectors.Free();
        }

        _contents.Free();
        _freed.TrySetResult(_deleteWhenFree ? DeleteFiles() : null);
    }

    private Exception? DeleteFiles()
    {
        Exception? failure = null;
        foreach (string fileName in _description.ListFiles())
        {
            try
            {
                _files.Delete(Path.Combine(_directory, fileName));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // No reader's trouble: what stays is named by no manifest, and goes at the next opening.
                failure = error;
            }
        }

        return failure;
    }

    private ManifestSidecar? FindGraph(ColumnShape column) => _description.Sidecars.FirstOrDefault(sidecar =>
        sidecar.Kind == SegmentSections.GraphSidecar && sidecar.ColumnId == column.Id && sidecar.SettingsHash == SegmentSidecars.SettingsHash(column));

    private void AttachStoredGraphs()
    {
        for (int i = 0; i < _vectors.Length; i++)
        {
            ColumnShape column = _schema.VectorColumns[i];

            // A graph by older settings serves until there is a new one: it is over the same vectors and the same metric.
            ManifestSidecar? sidecar = FindGraph(column)
                ?? _description.Sidecars.LastOrDefault(old => old.Kind == SegmentSections.GraphSidecar && old.ColumnId == column.Id);
            if (sidecar is not null && _vectors[i].Count > 0)
            {
                _vectors[i].AttachLater(GraphFile(sidecar, column));
            }
        }
    }

    private GraphFile GraphFile(ManifestSidecar sidecar, ColumnShape column) => new(_files, Path.Combine(_directory, sidecar.FileName), column, _damaged);
}
