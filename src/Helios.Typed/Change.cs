namespace Helios.Typed;

/// <summary>Is one committed change of one row, or of a table.</summary>
/// <typeparam name="TRecord">What the row is read as: a record type, or <see cref="HeliosRow"/>.</typeparam>
/// <param name="Position">The commit's place in the database's one order of commits; every change of a commit has the same.</param>
/// <param name="IsLastOfCommit">Whether no further change of the same commit follows in this feed: from here, and only from here, it can be resumed by <paramref name="Position"/> with nothing missed and nothing told twice.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Table">The table, as it was declared: after the commit where that renamed or migrated it, before it where it was dropped.</param>
/// <param name="Key">The row's key; of a change of a table, one of no type.</param>
/// <param name="Record">The whole row as the commit left it; null, or default for a struct, where it was deleted and where the change is of a table.</param>
public sealed record Change<TRecord>(ChangePosition Position, bool IsLastOfCommit, ChangeKind Kind, TableDefinition Table, HeliosKey Key, TRecord? Record)
{
    /// <summary>Gets the commit, as <see cref="WriteResult.Sequence"/> tells it.</summary>
    public long Sequence => Position.Sequence;

    /// <summary>Gets the name that the table had before it was renamed; null in every other change.</summary>
    public string? FormerTableName { get; init; }

    /// <summary>Gets whether this is a change of a table, and of no row.</summary>
    public bool IsTableChange => Kind is ChangeKind.TableDropped or ChangeKind.TableRenamed or ChangeKind.TableMigrated;
}
