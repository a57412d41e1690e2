using Helios.Typed.Engine;

namespace Helios.Typed.Querying;

/// <summary>Gives rows of one source whose places are known already, in the order given.</summary>
internal sealed class LocatedStream(RowCursor cursor, RowLocation[] locations) : IRowStream
{
    private int _next;

    /// <inheritdoc/>
    public RowCursor Cursor => cursor;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_next == locations.Length)
        {
            return false;
        }

        cursor.MoveTo(locations[_next++].Ordinal);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => cursor.Dispose();
}
