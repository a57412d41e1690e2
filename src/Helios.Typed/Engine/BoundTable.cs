using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Is a table of an open database.</summary>
/// <param name="Engine">The engine that runs the database.</param>
/// <param name="Handle">The table.</param>
internal sealed record BoundTable(DatabaseEngine Engine, TableHandle Handle)
{
    /// <summary>Reads the newest committed row of a key.</summary>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public bool TryRead(HeliosKey key, [NotNullWhen(true)] out RowDecoder? row)
    {
        Handle.Schema.RequireKey(key);
        using TableSnapshot snapshot = Engine.OpenSnapshot(Handle);
        if (!snapshot.TryFind(KeyCodec.Encode(key), out RowLocation location))
        {
            row = null;
            return false;
        }

        using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(Handle.Schema);
        cursor.MoveTo(location.Ordinal);
        row = cursor.Decode();
        return true;
    }
}
