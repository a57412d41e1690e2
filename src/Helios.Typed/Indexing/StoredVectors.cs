namespace Helios.Typed.Indexing;

/// <summary>Reads the vectors of a block that is not in memory, by slot.</summary>
/// <remarks>Thread-safe. What it gives was verified; a search that meets damage ends in the reader's exception.</remarks>
internal abstract class StoredVectors
{
    /// <summary>Reads vectors that follow each other.</summary>
    /// <param name="first">The first slot.</param>
    /// <param name="count">How many.</param>
    /// <param name="vectors">Takes their elements, end to end: exactly as long as they are.</param>
    /// <param name="inverseNorms">Takes 1 / |x| of each, or is empty where the metric does without.</param>
    public abstract void Read(int first, int count, Span<byte> vectors, Span<float> inverseNorms);
}
