using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is one table as of one sequence, pinned until disposed.</summary>
internal sealed class TableSnapshot : IDisposable
{
    /// <summary>Gets the table's schema.</summary>
    public TableSchema Schema => throw new NotSupportedException();

    /// <summary>Gets the sequence that the snapshot shows.</summary>
    public SequenceNumber Sequence => throw new NotSupportedException();

    /// <summary>Gets the sources, newest first; together they hold each visible row once.</summary>
    public IReadOnlyList<RowSource> Sources => throw new NotSupportedException();

    /// <summary>Finds the visible row of a key.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="location">Where it is.</param>
    public bool TryFind(ReadOnlySpan<byte> key, out RowLocation location) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();
}

/// <summary>Is where a row version is.</summary>
/// <param name="Source">The source's place in <see cref="TableSnapshot.Sources"/>.</param>
/// <param name="Ordinal">The row's ordinal in it.</param>
internal readonly record struct RowLocation(int Source, int Ordinal);
