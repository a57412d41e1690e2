using System.Collections.Immutable;
using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Is what a write should lead to.</summary>
internal enum ModelOutcome
{
    Done,
    DuplicateKey,
    KeyNotFound,
    Conflict,
}

/// <summary>Is a row of the model.</summary>
/// <param name="Name">Its name, of which its vector is made.</param>
/// <param name="Since">The commit that wrote it.</param>
internal readonly record struct ModelRow(string Name, long Since);

/// <summary>Is a write as it is committed: its key is known.</summary>
/// <param name="Operation">What it asks for.</param>
/// <param name="Id">The key; 0 where one is to be assigned.</param>
/// <param name="Name">The row's name.</param>
/// <param name="IsReserved">Whether a transaction was given the key.</param>
internal readonly record struct ModelWrite(WriteOperation Operation, long Id, string Name, bool IsReserved = false);

/// <summary>Is a table as a dictionary, and the commits and keys that it has seen.</summary>
/// <param name="assignsKeys">Whether an insert of 0 is given a key.</param>
internal sealed class TableModel(bool assignsKeys)
{
    /// <summary>Gets the rows; replaced by each commit, so that who holds them has a snapshot.</summary>
    public ImmutableSortedDictionary<long, ModelRow> Rows { get; private set; } = ImmutableSortedDictionary<long, ModelRow>.Empty;

    /// <summary>Gets the newest commit that wrote to the table.</summary>
    public long LastCommit { get; private set; }

    /// <summary>Gets or sets the key that is assigned next: above every one that was there or was given to a transaction.</summary>
    public long NextKey { get; set; } = 1;

    /// <summary>Gets the least that the next key can be after the database was opened again, which may forget what transactions were given.</summary>
    public long LeastNextKey { get; private set; } = 1;

    /// <summary>Gets whether an insert of 0 is given a key.</summary>
    public bool AssignsKeys => assignsKeys;

    /// <summary>Says what writes come to on top of rows, and what the rows are then.</summary>
    /// <returns>The outcome; where it is done, also the rows, the keys that were written, and how many rows were deleted.</returns>
    public ModelChange Plan(IEnumerable<ModelWrite> writes, ImmutableSortedDictionary<long, ModelRow> rows, long nextKey, long at)
    {
        List<long> keys = [];
        int deleted = 0;
        foreach (ModelWrite write in writes)
        {
            if (write.Operation == WriteOperation.Delete)
            {
                deleted += rows.ContainsKey(write.Id) ? 1 : 0;
                rows = rows.Remove(write.Id);
                continue;
            }

            bool assigns = assignsKeys && write.Id == 0 && write.Operation != WriteOperation.Update;
            long key = assigns ? nextKey : write.Id;
            bool isThere = rows.ContainsKey(key);
            if (write.Operation == WriteOperation.Insert && isThere)
            {
                return ModelChange.Refused(write.IsReserved ? ModelOutcome.Conflict : ModelOutcome.DuplicateKey);
            }

            if (write.Operation == WriteOperation.Update && !isThere)
            {
                return ModelChange.Refused(ModelOutcome.KeyNotFound);
            }

            keys.Add(key);
            rows = rows.SetItem(key, new ModelRow(write.Name, at));
            nextKey = Math.Max(nextKey, key + 1);
        }

        return new ModelChange(ModelOutcome.Done, rows, keys, deleted, nextKey);
    }

    /// <summary>Takes a planned change.</summary>
    public void Apply(ModelChange change, long at)
    {
        Rows = change.Rows;
        NextKey = change.NextKey;
        LastCommit = at;

        // Keys that transactions were given before count as well now, as the ones after them are in rows; the least is what rows need.
        LeastNextKey = Math.Max(LeastNextKey, change.Keys.DefaultIfEmpty().Max() + 1);
    }
}

/// <summary>Is what writes come to.</summary>
internal sealed record ModelChange(ModelOutcome Outcome, ImmutableSortedDictionary<long, ModelRow> Rows, IReadOnlyList<long> Keys, int Deleted, long NextKey)
{
    public static ModelChange Refused(ModelOutcome outcome) => new(outcome, ImmutableSortedDictionary<long, ModelRow>.Empty, [], 0, 0);
}
