namespace Helios.Typed.Engine;

/// <summary>Keeps a <see cref="StoreVersion"/> for one snapshot.</summary>
/// <param name="version">The version, held once for the pin.</param>
/// <param name="abandoned">Is told when the snapshot was never disposed; called on a pool thread.</param>
internal sealed class SnapshotPin(StoreVersion version, Action abandoned)
{
    private StoreVersion? _version = version;

    /// <summary>Lets the version go; later calls do nothing.</summary>
    public void Release() => Interlocked.Exchange(ref _version, null)?.ReleaseReference();

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
