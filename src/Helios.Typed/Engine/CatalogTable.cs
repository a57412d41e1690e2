using Helios.Typed.Primitives;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Is a table of the <see cref="Catalog"/>: what it is to be, and what of that the log knows.</summary>
internal sealed class CatalogTable(TableId id, TableShape shape)
{
    private volatile TableShape _shape = shape;
    private volatile TableShape? _logged;

    /// <summary>Gets the table's id.</summary>
    public TableId Id => id;

    /// <summary>Gets or sets the shape that stored and declared ones were reconciled to; set under the catalog's lock.</summary>
    public TableShape Shape
    {
        get => _shape;
        set => _shape = value;
    }

    /// <summary>Gets or sets the shape that was last logged, or null before the table's first commit; set under the commit lock.</summary>
    public TableShape? Logged
    {
        get => _logged;
        set => _logged = value;
    }

    /// <summary>Gets or sets the integer key that the next insert without one takes; read and set under the commit lock.</summary>
    public long NextKey { get; set; } = KeyCounter.First;
}
