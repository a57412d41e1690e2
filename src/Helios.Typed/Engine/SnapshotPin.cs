namespace Helios.Typed.Engine;

/// <summary>Keeps a <see cref="StoreVersion"/>, and the memtables of a transaction where it is one's, for one snapshot.</summary>
/// <param name="version">The version, held once for the pin.</param>
/// <param name="abandoned">Is told when the snapshot was never disposed; called on a pool thread.</param>
/// <param name="memtables">What else is held once for the pin, or null.</param>
internal sealed class SnapshotPin(StoreVersion version, Action abandoned, IReadOnlyList<Memtable>? memtables = null)
{
    private StoreVersion? _version = version;

    /// <summary>Gets whether it was let go.</summary>
    public bool IsReleased => Volatile.Read(ref _version) is null;

    /// <summary>Holds a version that somebody holds already, and memtables with it.</summary>
    /// <returns>The pin, or null where the version has gone.</returns>
    public static SnapshotPin? Hold(StoreVersion version, IReadOnlyList<Memtable> memtables, Action abandoned)
    {
        if (!version.TryAddReference())
        {
            return null;
        }

        foreach (Memtable memtable in memtables)
        {
            memtable.TryAddReference();
        }

        return new SnapshotPin(version, abandoned, memtables);
    }

    /// <summary>Lets the version go; later calls do nothing.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _version, null) is not { } held)
        {
            return;
        }

        foreach (Memtable memtable in memtables ?? [])
        {
            memtable.ReleaseReference();
        }

        held.ReleaseReference();
    }

    /// <summary>Lets the version go for a snapshot that the collector found.</summary>
    /// <remarks>Not on the finalizer's thread: the last reader of a version closes files.</remarks>
    public void Abandon() =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                state.Pin.Release();
                state.Report();
            },
            (Pin: this, Report: abandoned),
            preferLocal: false);
}
