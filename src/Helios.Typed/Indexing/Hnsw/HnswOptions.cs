namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Sets how a graph is built.</summary>
/// <param name="MaxConnections">The links kept per node and level (the paper's M); level 0 keeps twice as many.</param>
/// <param name="ConstructionBeam">The candidates considered while a node is linked (efConstruction).</param>
/// <param name="Seed">Decides the levels; with one thread, the whole graph.</param>
/// <param name="Threads">How many threads build.</param>
internal sealed record HnswOptions(int MaxConnections, int ConstructionBeam, ulong Seed, int Threads);
