namespace Helios.Typed;

/// <summary>Names what a <see cref="Change{TRecord}"/> did.</summary>
public enum ChangeKind
{
    /// <summary>A row came where its key had none: an insert, or an upsert that met no row.</summary>
    Insert = 1,

    /// <summary>A row replaced the one that its key had: an update, or an upsert that met a row.</summary>
    Update = 2,

    /// <summary>A row went.</summary>
    Delete = 3,

    /// <summary>A table went, with all its rows. Where rows of a table of its name follow, they are of a new one.</summary>
    TableDropped = 4,

    /// <summary>A table has another name and the rows that it had.</summary>
    TableRenamed = 5,

    /// <summary>A migration put a whole table there, whose rows no feed tells: copy them anew from a snapshot of this commit or a later one. Changes after it are told.</summary>
    TableMigrated = 6,
}
