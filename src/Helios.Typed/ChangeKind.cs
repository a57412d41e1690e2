namespace Helios.Typed;

/// <summary>Names what a <see cref="Change{TRecord}"/> did to a row.</summary>
public enum ChangeKind
{
    /// <summary>A row came where its key had none: an insert, or an upsert that met no row.</summary>
    Insert = 1,

    /// <summary>A row replaced the one that its key had: an update, or an upsert that met a row.</summary>
    Update = 2,

    /// <summary>A row went.</summary>
    Delete = 3,
}
