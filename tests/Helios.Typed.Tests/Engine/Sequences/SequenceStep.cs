using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Names what a step of a sequence does.</summary>
internal enum SequenceAct
{
    /// <summary>Commits a batch to one table.</summary>
    Commit,

    /// <summary>Begins a transaction.</summary>
    Begin,

    /// <summary>Reads a key in a transaction.</summary>
    Find,

    /// <summary>Reads a table in a transaction: all rows, and the nearest.</summary>
    Scan,

    /// <summary>Writes a batch in a transaction.</summary>
    Write,

    /// <summary>Commits a transaction.</summary>
    CommitTransaction,

    /// <summary>Rolls a transaction back.</summary>
    RollBack,

    /// <summary>Opens a snapshot of both tables, in place of the one that was there.</summary>
    OpenSnapshot,

    /// <summary>Reads a snapshot.</summary>
    ReadSnapshot,

    /// <summary>Does steps of background work.</summary>
    Background,

    /// <summary>Seals what is in memory; the flush is left to the background.</summary>
    Seal,

    /// <summary>Asks for graphs, which are left to the background.</summary>
    StartIndexing,

    /// <summary>Moves the clock, so that timers fire.</summary>
    Wait,

    /// <summary>Ends all background work, merges included.</summary>
    Merge,

    /// <summary>Writes what is in memory to segments.</summary>
    Checkpoint,

    /// <summary>Waits for the graphs.</summary>
    Index,

    /// <summary>Makes all commits durable.</summary>
    Flush,

    /// <summary>Removes deleted data from the disk.</summary>
    Purge,

    /// <summary>Closes the database, which stops background work where it is, and opens it again.</summary>
    Reopen,
}

/// <summary>Is a step of a sequence.</summary>
/// <param name="Act">What it does.</param>
/// <param name="Slot">Which transaction or snapshot; one that is not open is opened by what needs it.</param>
/// <param name="Table">Which table.</param>
/// <param name="Id">Which key.</param>
/// <param name="Seed">The seed of its choices.</param>
/// <param name="Writes">What is written.</param>
internal sealed record SequenceStep(SequenceAct Act, int Slot = 0, int Table = 0, long Id = 0, int Seed = 0, IReadOnlyList<(WriteOperation Operation, long Id)>? Writes = null)
{
    /// <inheritdoc/>
    public override string ToString() => Act switch
    {
        SequenceAct.Commit => $"Commit(table {Table}: {Written()})",
        SequenceAct.Write => $"Write(transaction {Slot}, table {Table}: {Written()})",
        SequenceAct.Find => $"Find(transaction {Slot}, table {Table}: {Id})",
        SequenceAct.Scan => $"Scan(transaction {Slot}, table {Table})",
        SequenceAct.Begin or SequenceAct.CommitTransaction or SequenceAct.RollBack => $"{Act}({Slot})",
        SequenceAct.OpenSnapshot or SequenceAct.ReadSnapshot => $"{Act}({Slot})",
        SequenceAct.Background => $"Background({Seed})",
        _ => $"{Act}",
    };

    private string Written() => string.Join(", ", Writes!.Select(write => $"{write.Operation} {write.Id}"));
}
