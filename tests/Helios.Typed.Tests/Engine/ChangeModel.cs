using Helios.Typed.Engine;
using Xunit;

namespace Helios.Typed.Tests.Engine;

/// <summary>Is one change as tests compare it.</summary>
internal sealed record ExpectedChange(long Sequence, ChangeKind Kind, long Id, string? Name, bool IsLast);

/// <summary>Writes to a <see cref="TestDatabase"/> and keeps what its feed must tell.</summary>
internal sealed class ChangeModel
{
    public SortedDictionary<long, string> Rows { get; } = [];

    public List<ExpectedChange> Changes { get; } = [];

    /// <summary>The newest commit.</summary>
    public long Last { get; private set; }

    /// <summary>Commits writes, of which an insert of 0 takes the next key; inserts and updates that would fail are made upserts.</summary>
    public async Task CommitAsync(TestDatabase database, params IReadOnlyList<(WriteOperation Operation, long Id)> writes)
    {
        SortedDictionary<long, string> after = new(Rows);
        List<ExpectedChange> changes = [];
        using TestBatch batch = database.NewBatch();
        foreach ((WriteOperation operation, long id) in writes)
        {
            string name = $"{Last + 1}.{changes.Count}";
            bool isThere = after.ContainsKey(id);
            if (operation == WriteOperation.Delete)
            {
                batch.Delete(id);
                if (after.Remove(id))
                {
                    changes.Add(new ExpectedChange(0, ChangeKind.Delete, id, null, false));
                }

                continue;
            }

            bool fails = operation == (isThere ? WriteOperation.Insert : WriteOperation.Update);
            batch.Write(fails ? WriteOperation.Upsert : operation, id, name);
            changes.Add(new ExpectedChange(0, isThere ? ChangeKind.Update : ChangeKind.Insert, id, name, false));
            after[id] = name;
        }

        WriteResult result = await database.CommitAsync(batch);
        Last = result.Sequence;
        Changes.AddRange(changes.Select((change, i) => change with { Sequence = Last, IsLast = i == changes.Count - 1 }));
        Rows.Clear();
        foreach ((long id, string name) in after)
        {
            Rows.Add(id, name);
        }
    }

    /// <summary>Gives what the feed must tell since a commit.</summary>
    public IEnumerable<ExpectedChange> Since(long sequence) => Changes.Where(change => change.Sequence > sequence);

    /// <summary>Gives a place in the present history.</summary>
    public static ChangePosition At(TestDatabase database, long sequence) =>
        sequence == 0 ? ChangePosition.Start : new ChangePosition(database.Engine.History, sequence);

    /// <summary>Reads the feed of the test table to its end.</summary>
    public static async Task<List<ExpectedChange>> ReadAsync(TestDatabase database, long since = 0)
    {
        using ChangeReader reader = database.Engine.OpenChanges(database.Table, At(database, since), follows: false);
        List<ExpectedChange> read = [];
        while (await reader.ReadAsync(TestDatabase.Token) is { } changes)
        {
            read.AddRange(changes.Select(change => Of(change, database)));
        }

        return read;
    }

    /// <summary>Reads a change, whose vector must be the one of its name.</summary>
    public static ExpectedChange Of(LoggedChange change, TestDatabase database)
    {
        string? name = null;
        if (change.Decode(database.Table.Schema) is { } row)
        {
            name = row.ReadScalar<string>(1);
            Assert.Equal(TestBatch.PlaceOf(name), row.ReadVector<float>(2));
        }

        return new ExpectedChange((long)change.Sequence.Value, change.Kind, change.Key.ToInt64(), name, change.IsLastOfCommit);
    }
}
