namespace Helios.Typed;

/// <summary>Is an open database: one directory, any number of tables and threads.</summary>
public sealed class HeliosDatabase : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
