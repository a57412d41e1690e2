namespace Helios.Typed.Engine;

/// <summary>Holds the newest version while background work reads it.</summary>
internal readonly struct VersionHold : IDisposable
{
    public VersionHold(DatabaseState state) => Version = state.Pin(out _);

    /// <summary>Gets the version.</summary>
    public StoreVersion Version { get; }

    /// <inheritdoc/>
    public void Dispose() => Version.ReleaseReference();
}
