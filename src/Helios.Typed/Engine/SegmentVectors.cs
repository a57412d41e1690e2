using System.Runtime.InteropServices;
using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the vectors of one column of a segment, with the graph over them where there is one.</summary>
/// <remarks>
/// The graph is read by the first search that wants it. Vectors are loaded by the first search where they are few, and in the
/// background where they are many; until they are in memory, and where the budget has no room for them, searches read single
/// ones from the file. What is in memory may go for something that is used more, once the queries that read it are done.
/// </remarks>
internal sealed class SegmentVectors
{
    private readonly RowSource _segment;
    private readonly SegmentContents _contents;
    private readonly SegmentMemory _memory;
    private readonly ColumnShape _column;
    private readonly Section? _section;
    private readonly Section? _normsSection;
    private readonly Section? _ordinalsSection;
    private readonly VectorBlock _stored = VectorView.Empty.Block;
    private readonly long _bytes;
    private readonly Lock _lock = new();
    private readonly Lock _graphLock = new();
    private int[]? _ordinals;
    private ResidentVectors? _vectors;
    private ResidentGraph? _graph;
    private volatile GraphFile? _graphFile;
    private volatile bool _isGraphDamaged;
    private long _vectorsMissed;
    private long _graphMissed;
    private long _checksumBytes;
    private int _isLoading;

    /// <summary>Finds the sections of a column.</summary>
    /// <exception cref="HeliosCorruptionException">They do not fit the column or each other.</exception>
    public SegmentVectors(RowSource segment, SegmentContents contents, ColumnShape column)
    {
        _segment = segment;
        _contents = contents;
        _memory = contents.Memory;
        _column = column;
        if (!contents.TryFind(SegmentSections.Vectors, column.Id, out _section))
        {
            return;
        }

        int vectorBytes = VectorArena.VectorBytesOf(column);
        if (_section.UnitBytes != vectorBytes || _section.Units < 1 || _section.Units > contents.Rows || _section.Bytes != _section.Units * vectorBytes)
        {
            throw SegmentContents.Damaged(
                contents.Reader,
                $"column '{column.Name}' has {_section.Units} vectors of {_section.UnitBytes} bytes, and wants up to {contents.Rows} of {vectorBytes}",
                _section);
        }

        PagedSection? norms = null;
        if (column.Vector!.Metric == Metric.Cosine)
        {
            _normsSection = contents.Require(SegmentSections.InverseNorms, column.Id, _section.Units * sizeof(float));
            norms = contents.Paged(_normsSection);
        }

        if (_section.Units < contents.Rows)
        {
            _ordinalsSection = contents.Require(SegmentSections.SlotOrdinals, column.Id, _section.Units * sizeof(uint));
        }

        _bytes = _section.Bytes + (_normsSection?.Bytes ?? 0);
        _stored = BlockOf([], null) with { Stored = new SegmentStoredVectors(contents.Reader, _section, norms) };
    }

    /// <summary>Gets the number of vectors.</summary>
    public int Count => (int)(_section?.Units ?? 0);

    /// <summary>Gets whether the stored graph turned out to be damaged, so that there is none until another is attached.</summary>
    public bool IsGraphDamaged => _isGraphDamaged;

    /// <summary>Gives the vectors and the graph as they are to be had now; for the caller to dispose of.</summary>
    /// <exception cref="HeliosCorruptionException">They are not what was written.</exception>
    public VectorView View()
    {
        if (_section is null)
        {
            return VectorView.Empty;
        }

        ResidentGraph? graph = HoldGraph();
        ResidentVectors? vectors = null;
        try
        {
            vectors = HoldVectors();
            return new VectorView(vectors?.Block ?? _stored, LoadOrdinals(), graph?.Graph, graph, vectors);
        }
        catch
        {
            graph?.ReleaseReference();
            vectors?.ReleaseReference();
            throw;
        }
    }

    /// <summary>Gives the vectors in memory, or null where the budget has no room for them.</summary>
    /// <exception cref="HeliosCorruptionException">They are not what was written.</exception>
    public VectorView? TryLoad()
    {
        ResidentVectors? vectors = Hold(ref _vectors) ?? LoadVectors(since: long.MaxValue);
        return vectors is null ? null : new VectorView(vectors.Block, LoadOrdinals(), null, null, vectors);
    }

    /// <summary>Lets the first search read a stored graph.</summary>
    public void AttachLater(GraphFile file) => _graphFile = file;

    /// <summary>Takes a graph, which is used from now on; the one before goes with those who walk it.</summary>
    /// <param name="graph">The graph, whose memory was reserved.</param>
    /// <param name="file">Its file.</param>
    public void Attach(HnswGraph graph, GraphFile file)
    {
        lock (_graphLock)
        {
            Publish(graph)?.Drop();
            _graphFile = file;
            _isGraphDamaged = false;
        }
    }

    /// <summary>Finds a row's vector.</summary>
    /// <param name="ordinal">The row.</param>
    /// <param name="buffer">Takes the vector.</param>
    /// <param name="vector">The elements' bytes.</param>
    /// <returns>False where the row has none.</returns>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public bool TryRead(int ordinal, ref byte[] buffer, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        int slot = _section is null ? -1 : _ordinalsSection is null ? ordinal : Array.BinarySearch(LoadOrdinals()!, ordinal);
        if (slot < 0)
        {
            return false;
        }

        int bytes = _section!.UnitBytes;
        buffer = buffer.Length < bytes ? GC.AllocateUninitializedArray<byte>(bytes) : buffer;
        Span<byte> target = buffer.AsSpan(0, bytes);
        if (Hold(ref _vectors) is { } vectors)
        {
            // Copied, so that nothing in memory has to be held for as long as the cursor stands here.
            vectors.Block.Chunks[0].AsSpan<byte>((long)slot * bytes, bytes).CopyTo(target);
            vectors.ReleaseReference();
        }
        else
        {
            _contents.Reader.ReadUnits(_section, slot, 1, target);
        }

        vector = target;
        return true;
    }

    /// <summary>Gives the memory back; nobody reads the segment any more.</summary>
    public void Free()
    {
        Volatile.Read(ref _graph)?.Free();
        Volatile.Read(ref _vectors)?.Free();
        _memory.Budget.Release(MemoryKind.Pages, Interlocked.Exchange(ref _checksumBytes, 0));
    }

    private static T? Hold<T>(ref T? resident)
        where T : Evictable => Volatile.Read(ref resident) is { } found && found.TryAddReference() ? found : null;

    private ResidentGraph? HoldGraph()
    {
        if (Hold(ref _graph) is { } graph)
        {
            return graph;
        }

        if (_graphFile is null)
        {
            return null;
        }

        lock (_graphLock)
        {
            // Another thread may have been quicker, or have found the file damaged.
            return Hold(ref _graph) ?? (_graphFile is { } file ? LoadGraph(file) : null);
        }
    }

    private ResidentGraph? LoadGraph(GraphFile file)
    {
        long since = _graphMissed;
        _graphMissed = _memory.Budget.Tick();
        HnswGraph? graph;
        try
        {
            if (!file.TryRead(Count, _memory, since, out graph))
            {
                _isGraphDamaged = true;
                _graphFile = null;
                return null;
            }
        }
        catch (OutOfMemoryException)
        {
            // As without room in the budget: the vectors are scanned.
            return null;
        }

        if (graph is null)
        {
            return null;
        }

        Publish(graph);
        return Hold(ref _graph);
    }

    private ResidentGraph? Publish(HnswGraph graph)
    {
        ResidentGraph published = new(_memory.Budget, gone => Interlocked.CompareExchange(ref _graph, null, (ResidentGraph)gone), graph);
        lock (_memory.Budget.Lock)
        {
            // In one step: who replaces and drops it takes it from the budget, where it has to be by then.
            ResidentGraph? before = Interlocked.Exchange(ref _graph, published);
            _memory.Budget.Add(published);
            return before;
        }
    }

    private ResidentVectors? HoldVectors()
    {
        ResidentVectors? vectors = Hold(ref _vectors);
        if (vectors is not null)
        {
            return vectors;
        }

        long since = Interlocked.Exchange(ref _vectorsMissed, _memory.Budget.Tick());
        if (_bytes <= _memory.LoadedAtOnceBytes || _memory.Loader is null)
        {
            vectors = LoadVectors(since);
        }
        else
        {
            LoadInBackground(since);
        }

        if (vectors is null)
        {
            KeepChecksums();
        }

        return vectors;
    }

    private ResidentVectors? LoadVectors(long since)
    {
        lock (_lock)
        {
            if (Hold(ref _vectors) is { } loaded)
            {
                return loaded;
            }

            if (!_memory.Budget.TryReserve(MemoryKind.Vectors, _bytes, since))
            {
                return null;
            }

            try
            {
                LoadReserved(CancellationToken.None);
            }
            catch (OutOfMemoryException)
            {
                // The system has less than the budget allows: the file still has them.
                return null;
            }

            return Hold(ref _vectors);
        }
    }

    private void LoadInBackground(long since)
    {
        if (Interlocked.Exchange(ref _isLoading, 1) != 0)
        {
            return;
        }

        if (!_memory.Budget.TryReserve(MemoryKind.Vectors, _bytes, since))
        {
            Volatile.Write(ref _isLoading, 0);
            return;
        }

        // The caller holds the segment, so that this cannot fail.
        _segment.TryAddReference();
        _memory.Loader!.Enqueue(cancellationToken =>
        {
            try
            {
                LoadReserved(cancellationToken);
                Volatile.Write(ref _isLoading, 0);
            }
            catch (Exception error) when (error is HeliosException or IOException or OutOfMemoryException or OperationCanceledException)
            {
                // Not tried again: searches go on reading from the file, and whoever meets the damage is told.
            }
            finally
            {
                _segment.ReleaseReference();
            }
        });
    }

    private void LoadReserved(CancellationToken cancellationToken)
    {
        NativeBuffer? vectors = null;
        NativeBuffer? norms = null;
        try
        {
            vectors = _contents.Reader.Load(_section!, _memory.Allocator, cancellationToken);
            norms = _normsSection is null ? null : _contents.Reader.Load(_normsSection, _memory.Allocator, cancellationToken);
        }
        catch
        {
            vectors?.Dispose();
            _memory.Budget.Release(MemoryKind.Vectors, _bytes);
            throw;
        }

        ResidentVectors published = new(
            _memory.Budget, _bytes, gone => Interlocked.CompareExchange(ref _vectors, null, (ResidentVectors)gone), BlockOf([vectors], norms is null ? null : [norms]));
        ResidentVectors? before;
        lock (_memory.Budget.Lock)
        {
            before = Interlocked.Exchange(ref _vectors, published);
            _memory.Budget.Add(published);
        }

        before?.Drop();
    }

    // 8 bytes a vector, which spare each read a second one.
    private void KeepChecksums()
    {
        if (Volatile.Read(ref _checksumBytes) != 0)
        {
            return;
        }

        long bytes = _section!.Units * sizeof(ulong);
        if (Interlocked.CompareExchange(ref _checksumBytes, bytes, 0) != 0)
        {
            return;
        }

        if (!_memory.Budget.TryReserve(MemoryKind.Pages, bytes))
        {
            Volatile.Write(ref _checksumBytes, 0);
            return;
        }

        try
        {
            _contents.Reader.KeepChecksums(_section);
        }
        catch
        {
            _memory.Budget.Release(MemoryKind.Pages, Interlocked.Exchange(ref _checksumBytes, 0));
            throw;
        }
    }

    private VectorBlock BlockOf(IReadOnlyList<NativeBuffer> chunks, IReadOnlyList<NativeBuffer>? inverseNorms) => new(
        chunks, inverseNorms, Count, Count, _column.Vector!.Dimensions, _column.Type == ColumnType.HalfVector, _column.Vector.Metric);

    // Two threads may both make the array; either is right.
    private int[]? LoadOrdinals()
    {
        if (_ordinalsSection is not null && Volatile.Read(ref _ordinals) is null)
        {
            Volatile.Write(ref _ordinals, ReadOrdinals(_ordinalsSection));
        }

        return _ordinals;
    }

    private int[] ReadOrdinals(Section section)
    {
        int[] ordinals = GC.AllocateUninitializedArray<int>(Count);
        Span<byte> rest = MemoryMarshal.AsBytes(ordinals.AsSpan());
        byte[] buffer = [];
        for (long unit = 0; unit < section.Units; unit++)
        {
            ReadOnlySpan<byte> read = _contents.Reader.ReadUnit(section, unit, ref buffer).Span;
            read.CopyTo(rest);
            rest = rest[read.Length..];
        }

        int before = -1;
        foreach (int ordinal in ordinals)
        {
            if (ordinal <= before || ordinal >= _contents.Rows)
            {
                throw SegmentContents.Damaged(_contents.Reader, $"a vector of column '{_column.Name}' names row {(uint)ordinal} after row {before}, of {_contents.Rows}", section);
            }

            before = ordinal;
        }

        return ordinals;
    }
}
