using Helios.Typed.Primitives;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is one table as of one sequence, pinned until disposed.</summary>
/// <remarks>Any number of threads may read one snapshot. One that was abandoned is let go by the collector, and reported.</remarks>
internal sealed class TableSnapshot : IDisposable
{
    private readonly SnapshotPin? _pin;

    /// <summary>Creates the snapshot.</summary>
    /// <param name="schema">The table's schema.</param>
    /// <param name="sequence">The sequence to show.</param>
    /// <param name="sources">The sources, newest first; alive while the pin is.</param>
    /// <param name="pin">What keeps the sources, or null where somebody else does.</param>
    public TableSnapshot(TableSchema schema, SequenceNumber sequence, IReadOnlyList<RowSource> sources, SnapshotPin? pin = null)
    {
        Schema = schema;
        Sequence = sequence;
        Sources = sources;
        _pin = pin;
        if (pin is null)
        {
            GC.SuppressFinalize(this);
        }
    }

    ~TableSnapshot() => _pin?.Abandon();

    /// <summary>Gets the table's schema.</summary>
    public TableSchema Schema { get; }

    /// <summary>Gets the sequence that the snapshot shows.</summary>
    public SequenceNumber Sequence { get; }

    /// <summary>Gets the sources, newest first; together they hold each visible row once.</summary>
    public IReadOnlyList<RowSource> Sources { get; }

    /// <summary>Finds the visible row of a key.</summary>
    /// <param name="key">The key's ordered bytes.</param>
    /// <param name="location">Where it is.</param>
    public bool TryFind(ReadOnlySpan<byte> key, out RowLocation location)
    {
        for (int i = 0; i < Sources.Count; i++)
        {
            if (Sources[i].TryFind(key, Sequence, out int ordinal))
            {
                location = new RowLocation(i, ordinal);
                return true;
            }
        }

        location = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pin?.Release();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Is where a row version is.</summary>
/// <param name="Source">The source's place in <see cref="TableSnapshot.Sources"/>.</param>
/// <param name="Ordinal">The row's ordinal in it.</param>
internal readonly record struct RowLocation(int Source, int Ordinal);
