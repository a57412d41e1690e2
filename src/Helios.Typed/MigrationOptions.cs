namespace Helios.Typed;

/// <summary>Sets what becomes of the old table once its records are in the new one.</summary>
public sealed class MigrationOptions
{
    /// <summary>Gets or sets the name under which the old table is kept.</summary>
    /// <value>The default is null: where both tables have one name the old one is dropped, else it keeps its name.</value>
    public string? KeepOldAs { get; set; }

    /// <summary>Gets or sets whether the old table is dropped although the new one has another name.</summary>
    /// <value>The default is false.</value>
    public bool DropOld { get; set; }
}
