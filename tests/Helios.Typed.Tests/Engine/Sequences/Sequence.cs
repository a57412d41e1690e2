using CsCheck;
using Helios.Typed.Engine;

namespace Helios.Typed.Tests.Engine.Sequences;

/// <summary>Is a database's settings and what is done with it.</summary>
/// <param name="Durability">What commits ask for.</param>
/// <param name="SealsAlways">Whether every commit fills the memtables.</param>
/// <param name="Steps">What is done.</param>
internal sealed record Sequence(Durability Durability, bool SealsAlways, IReadOnlyList<SequenceStep> Steps)
{
    /// <summary>How many keys there are, few, so that steps meet.</summary>
    public const int Keys = 8;

    public const int Slots = 2;

    // Mostly what cannot fail: a batch does so whole.
    private static readonly Gen<WriteOperation> _operation = Gen.Frequency(
        (4, Gen.Const(WriteOperation.Upsert)),
        (3, Gen.Const(WriteOperation.Delete)),
        (2, Gen.Const(WriteOperation.Insert)),
        (1, Gen.Const(WriteOperation.Update)));

    private static readonly Gen<IReadOnlyList<(WriteOperation, long)>> _writes =
        Gen.Select(_operation, Gen.Long[0, Keys], (operation, id) => (operation, id)).List[1, 4].Select(static writes => (IReadOnlyList<(WriteOperation, long)>)writes);

    private static readonly Gen<int> _slot = Gen.Int[0, Slots - 1];
    private static readonly Gen<int> _table = Gen.Int[0, 1];

    private static readonly Gen<SequenceStep> _step = Gen.Frequency(
        (12, Gen.Select(_table, _writes, (table, writes) => new SequenceStep(SequenceAct.Commit, Table: table, Writes: writes))),
        (10, Gen.Select(_slot, _table, _writes, (slot, table, writes) => new SequenceStep(SequenceAct.Write, slot, table, Writes: writes))),
        (5, Gen.Select(_slot, _table, Gen.Long[0, Keys], (slot, table, id) => new SequenceStep(SequenceAct.Find, slot, table, id))),
        (3, Gen.Select(_slot, _table, (slot, table) => new SequenceStep(SequenceAct.Scan, slot, table))),
        (8, _slot.Select(slot => new SequenceStep(SequenceAct.CommitTransaction, slot))),
        (1, _slot.Select(slot => new SequenceStep(SequenceAct.RollBack, slot))),
        (2, _slot.Select(slot => new SequenceStep(SequenceAct.Begin, slot))),
        (2, _slot.Select(slot => new SequenceStep(SequenceAct.OpenSnapshot, slot))),
        (2, _slot.Select(slot => new SequenceStep(SequenceAct.ReadSnapshot, slot))),
        (20, Gen.Int[0, 999].Select(seed => new SequenceStep(SequenceAct.Background, Seed: seed))),
        (4, Of(SequenceAct.Seal)),
        (2, Of(SequenceAct.StartIndexing)),
        (1, Of(SequenceAct.Wait)),
        (2, Of(SequenceAct.Merge)),
        (2, Of(SequenceAct.Checkpoint)),
        (1, Of(SequenceAct.Index)),
        (1, Of(SequenceAct.Flush)),
        (1, Of(SequenceAct.Purge)),
        (2, Of(SequenceAct.Reopen)));

    /// <summary>Makes sequences.</summary>
    public static Gen<Sequence> Any { get; } = Gen.Select(
        Gen.Enum<Durability>(), Gen.Bool, _step.List[1, 40],
        (durability, sealsAlways, steps) => new Sequence(durability, sealsAlways, steps));

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Durability}{(SealsAlways ? ", a seal at every commit" : "")}{Environment.NewLine}{string.Join(Environment.NewLine, Steps.Select((step, i) => $"{i + 1}. {step}"))}";

    private static Gen<SequenceStep> Of(SequenceAct act) => Gen.Const(new SequenceStep(act));
}
