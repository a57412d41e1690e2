namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is what one thread of a build writes on.</summary>
internal sealed class InsertScratch
{
    private readonly Candidate[] _chosen;
    private readonly int[] _chosenCounts;
    private readonly int _maxConnections;

    /// <summary>Makes room for the insertion of one node at a time.</summary>
    /// <param name="graph">The graph that is built.</param>
    public InsertScratch(HnswGraph graph)
    {
        _maxConnections = graph.MaxConnections;
        Walk = new WalkScratch(graph.Count, 2 * graph.MaxConnections);
        _chosen = new Candidate[graph.Levels.Length * _maxConnections];
        _chosenCounts = new int[graph.Levels.Length];
        Row = new Candidate[(2 * _maxConnections) + 1];
        Kept = new Candidate[2 * _maxConnections];
        Pruned = new Candidate[2 * _maxConnections];
    }

    /// <summary>Gets what the walks write on.</summary>
    public WalkScratch Walk { get; }

    /// <summary>Gets room for a full row and the link that is one too many.</summary>
    public Candidate[] Row { get; }

    /// <summary>Gets room for what is kept of them.</summary>
    public Candidate[] Kept { get; }

    /// <summary>Gets room for those that the diversity rule did not keep.</summary>
    public Candidate[] Pruned { get; }

    /// <summary>Gets the room for the neighbors chosen on a level.</summary>
    public Span<Candidate> RoomOf(int level) => _chosen.AsSpan(level * _maxConnections, _maxConnections);

    /// <summary>Notes how many were chosen on a level.</summary>
    public void SetChosen(int level, int count) => _chosenCounts[level] = count;

    /// <summary>Gets the neighbors chosen on a level.</summary>
    public ReadOnlySpan<Candidate> ChosenOf(int level) => RoomOf(level)[.._chosenCounts[level]];
}
