using Helios.Typed.Indexing;
using Helios.Typed.Indexing.Hnsw;
using Helios.Typed.Primitives;
using Helios.Typed.Schema;
using Helios.Typed.Storage.Segments;

namespace Helios.Typed.Engine;

/// <summary>Is the vectors of one column of a segment, with the graph over them where there is one.</summary>
/// <remarks>Vectors are loaded by the first search; single ones are read from the file until then.</remarks>
internal sealed class SegmentVectors
{
    private readonly SegmentContents _contents;
    private readonly ColumnShape _column;
    private readonly Section? _section;
    private readonly LazySection? _vectors;
    private readonly LazySection? _inverseNorms;
    private readonly LazySection? _slotOrdinals;
    private readonly Lock _lock = new();
    private readonly List<HnswGraph> _graphs = [];
    private int[]? _ordinals;
    private VectorView? _view;
    private Func<int, HnswGraph?>? _openGraph;
    private volatile bool _isGraphDamaged;

    /// <summary>Finds the sections of a column.</summary>
    /// <exception cref="HeliosCorruptionException">They do not fit the column or each other.</exception>
    public SegmentVectors(SegmentContents contents, ColumnShape column)
    {
        _contents = contents;
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
                $"column '{column.Name}' has {_section.Units} vectors of {_section.UnitBytes} bytes, and wants up to {contents.Rows} of {vectorBytes}");
        }

        _vectors = contents.Lazy(_section);
        if (column.Vector!.Metric == Metric.Cosine)
        {
            _inverseNorms = contents.Lazy(contents.Require(SegmentSections.InverseNorms, column.Id, _section.Units * sizeof(float)));
        }

        if (_section.Units < contents.Rows)
        {
            _slotOrdinals = contents.Lazy(contents.Require(SegmentSections.SlotOrdinals, column.Id, _section.Units * sizeof(uint)), FindProblem);
        }
    }

    /// <summary>Gets the number of vectors.</summary>
    public int Count => (int)(_section?.Units ?? 0);

    /// <summary>Gets whether the stored graph turned out to be damaged, so that there is none until another is attached.</summary>
    public bool IsGraphDamaged => _isGraphDamaged;

    /// <summary>Gives the vectors, loading them and the graph on the first call.</summary>
    /// <exception cref="HeliosCorruptionException">They are not what was written.</exception>
    public VectorView View() => Volatile.Read(ref _view) ?? LoadView();

    /// <summary>Lets the first search open a stored graph; one that comes as null is damaged.</summary>
    public void AttachLater(Func<int, HnswGraph?> open) => _openGraph = open;

    /// <summary>Takes a graph, which is used from now on; the one before stays until the segment goes, for those who walk it.</summary>
    public void Attach(HnswGraph graph)
    {
        lock (_lock)
        {
            _graphs.Add(graph);
            _openGraph = null;
            _isGraphDamaged = false;
            if (_view is not null)
            {
                Volatile.Write(ref _view, _view with { Graph = graph });
            }
        }
    }

    /// <summary>Finds a row's vector.</summary>
    /// <param name="ordinal">The row.</param>
    /// <param name="buffer">Takes the vector where it is read from the file.</param>
    /// <param name="vector">The elements' bytes.</param>
    /// <returns>False where the row has none.</returns>
    /// <exception cref="HeliosCorruptionException">It is not what was written.</exception>
    public bool TryRead(int ordinal, ref byte[] buffer, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        int slot = _section is null ? -1 : _slotOrdinals is null ? ordinal : Array.BinarySearch(LoadOrdinals()!, ordinal);
        if (slot < 0)
        {
            return false;
        }

        vector = _vectors!.IsLoaded
            ? _vectors.Get().AsSpan<byte>((long)slot * _section!.UnitBytes, _section.UnitBytes)
            : _contents.Reader.ReadUnit(_section!, slot, ref buffer).Span;
        return true;
    }

    /// <summary>Gives the memory of graphs back; the sections are the file's.</summary>
    public void Free()
    {
        foreach (HnswGraph graph in _graphs)
        {
            graph.Dispose();
        }
    }

    private VectorView LoadView()
    {
        lock (_lock)
        {
            if (_view is not null)
            {
                return _view;
            }

            if (_section is null)
            {
                return _view = VectorView.Empty;
            }

            if (_openGraph is { } open)
            {
                HnswGraph? graph = open(Count);
                _graphs.AddRange(graph is null ? [] : [graph]);
                _isGraphDamaged = graph is null;
                _openGraph = null;
            }

            VectorBlock block = new(
                [_vectors!.Get()],
                _inverseNorms is null ? null : [_inverseNorms.Get()],
                Count,
                Count,
                _column.Vector!.Dimensions,
                _column.Type == ColumnType.HalfVector,
                _column.Vector.Metric);
            VectorView view = new(block, LoadOrdinals(), _graphs.Count > 0 ? _graphs[^1] : null);
            Volatile.Write(ref _view, view);
            return view;
        }
    }

    // Two threads may both make the array; either is right.
    private int[]? LoadOrdinals()
    {
        if (_slotOrdinals is not null && Volatile.Read(ref _ordinals) is null)
        {
            Volatile.Write(ref _ordinals, _slotOrdinals.Get().AsSpan<int>(0, Count).ToArray());
        }

        return _ordinals;
    }

    private string? FindProblem(NativeBuffer loaded)
    {
        int before = -1;
        foreach (int ordinal in loaded.AsSpan<int>(0, Count))
        {
            if (ordinal <= before || ordinal >= _contents.Rows)
            {
                return $"a vector of column '{_column.Name}' names row {(uint)ordinal} after row {before}, of {_contents.Rows}";
            }

            before = ordinal;
        }

        return null;
    }
}
