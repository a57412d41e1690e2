namespace Helios.Typed;

/// <summary>Says how many bytes of memory a database takes, by what they are for.</summary>
public sealed record MemoryStatistics
{
    /// <summary>Gets the most that it takes (<see cref="HeliosDatabaseOptions.MemoryBudgetBytes"/>), in bytes.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>Gets the bytes of rows that are in no segment yet, and of those in segments by now that an open snapshot still reads from memory.</summary>
    public required long MemtableBytes { get; init; }

    /// <summary>Gets the bytes of pages of keys, columns and norms, and of tables of checksums; on the managed heap.</summary>
    public required long PageBytes { get; init; }

    /// <summary>Gets the bytes of graphs, in use and under construction.</summary>
    public required long GraphBytes { get; init; }

    /// <summary>Gets the bytes of graphs in use that are codes of vectors (<see cref="Quantization"/>) rather than links; part of <see cref="GraphBytes"/>.</summary>
    public required long CodeBytes { get; init; }

    /// <summary>Gets the bytes of full vectors.</summary>
    public required long VectorBytes { get; init; }

    /// <summary>Gets the bytes that are used of the budget.</summary>
    public long UsedBytes => MemtableBytes + PageBytes + GraphBytes + VectorBytes;

    /// <summary>Gets the bytes of native memory that are allocated now.</summary>
    public required long NativeBytes { get; init; }

    /// <summary>Gets the most bytes of native memory that were allocated at once since the opening.</summary>
    public required long PeakNativeBytes { get; init; }
}
