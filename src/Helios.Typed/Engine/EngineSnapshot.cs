using Helios.Typed.Primitives;

namespace Helios.Typed.Engine;

/// <summary>Is all tables as of one commit, pinned until disposed.</summary>
/// <remarks>Any number of threads may read one. Results that were opened on it hold what they need. One that was abandoned is let go by the collector, and reported.</remarks>
internal sealed class EngineSnapshot : IDisposable
{
    private readonly DatabaseState _state;
    private readonly StoreVersion _version;
    private readonly SnapshotPin _pin;

    /// <summary>Pins the state.</summary>
    /// <param name="state">The engine's state.</param>
    /// <param name="version">What is read; its hold passes to the snapshot.</param>
    /// <param name="sequence">The commit to read at.</param>
    public EngineSnapshot(DatabaseState state, StoreVersion version, SequenceNumber sequence)
    {
        _state = state;
        _version = version;
        Sequence = sequence;
        _pin = new SnapshotPin(version, () => state.Log.ReleasedAbandonedSnapshot("any"));
    }

    ~EngineSnapshot() => _pin.Abandon();

    /// <summary>Gets the commit that is read at.</summary>
    public SequenceNumber Sequence { get; }

    /// <summary>Opens a table.</summary>
    /// <exception cref="HeliosSchemaException">The table's name meant another table then.</exception>
    /// <exception cref="ObjectDisposedException">The snapshot was disposed.</exception>
    public TableSnapshot OpenTable(TableHandle table)
    {
        string name = table.Schema.Stored.Name;
        if (!_version.Names.Show(table))
        {
            throw new HeliosSchemaException(name, $"Table '{name}', or a column of it, was dropped or replaced after commit {Sequence.Value}, which the snapshot shows and which has nothing of what is there now. Open another snapshot.");
        }

        SnapshotPin? pin = _pin.IsReleased ? null : SnapshotPin.Hold(_version, [], () => _state.Log.ReleasedAbandonedSnapshot(name));
        return pin is not null
            ? new TableSnapshot(table.Schema, Sequence, _version[table.Table.Id].Sources, pin)
            : throw new ObjectDisposedException("HeliosSnapshot", "The snapshot was disposed. Open another one.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pin.Release();
        GC.SuppressFinalize(this);
    }
}
