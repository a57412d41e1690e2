namespace Helios.Typed.Indexing.Hnsw;

/// <summary>Is the rows that a walk ranks; a struct, so that every walk over it is compiled for itself.</summary>
internal unsafe interface IRankedRows
{
    /// <summary>Ranks a row against a prepared query.</summary>
    float Rank(float* query, uint slot);

    /// <summary>Asks for a row before it is ranked.</summary>
    void Prefetch(uint slot);
}
