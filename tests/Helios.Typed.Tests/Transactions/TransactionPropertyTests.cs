using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

public sealed class TransactionPropertyTests
{
    private const int Actors = 3;

    private static readonly Gen<Turn> _turn = Gen.Select(
        Gen.Int[0, Actors - 1],
        Gen.Frequency((8, Gen.Const(TurnKind.Step)), (3, Gen.Const(TurnKind.Commit)), (1, Gen.Const(TurnKind.RollBack)), (1, Gen.Const(TurnKind.Checkpoint)), (1, Gen.Const(TurnKind.Index))),
        Gen.Enum<StepKind>(),
        Gen.Int[0, HistoryState.Tables - 1],
        Gen.Long[1, 5],
        (actor, turn, kind, table, argument) => new Turn(actor, turn, kind, table, argument));

    private enum TurnKind
    {
        Step,
        Commit,
        RollBack,
        Checkpoint,
        Index,
    }

    [Fact]
    public Task Interleaved_transactions_behave_as_if_one_at_a_time_through_flushes_merges_and_reopening() =>
        _turn.List[1, 50].SampleAsync(RunAsync, iter: 100, print: turns => string.Join(' ', turns));

    private static async Task RunAsync(List<Turn> turns)
    {
        EngineOptions options = TestDatabase.OptionsOn(new MemoryFileSystem());
        List<HistoryTransaction> history = [];
        HistoryChecker checker = new(0, new HistoryState());
        HistoryDatabase database = await HistoryDatabase.OpenAsync(options);
        (HeliosTransaction Transaction, List<(HistoryStep, string)> Steps)?[] open = new (HeliosTransaction, List<(HistoryStep, string)>)?[Actors];
        for (int i = 0; i < turns.Count; i++)
        {
            Turn turn = turns[i];
            switch (turn.Kind)
            {
                case TurnKind.Checkpoint:
                    await database.Database.CheckpointAsync(TestDatabase.Token);
                    break;
                case TurnKind.Index:
                    await database.Database.WaitForIndexingAsync(cancellationToken: TestDatabase.Token);
                    break;
                case TurnKind.Step:
                    (HeliosTransaction transaction, List<(HistoryStep, string)> steps) = open[turn.Actor] ??= (await database.Database.BeginTransactionAsync(TestDatabase.Token), []);
                    HistoryStep step = new(turn.Step, turn.Table, turn.Argument, i);
                    steps.Add((step, await HistoryDatabase.RunAsync(transaction, step)));
                    break;
                default:
                    await EndAsync(turn.Actor, commits: turn.Kind == TurnKind.Commit);
                    break;
            }
        }

        for (int actor = 0; actor < Actors; actor++)
        {
            await EndAsync(actor, commits: true);
        }

        Assert.Null(checker.FindAnomaly(history));
        await CheckNewestAsync(database, checker);
        await database.DisposeAsync();
        Assert.Equal(0, options.Allocator.AllocatedBytes);
        await using HistoryDatabase reopened = await HistoryDatabase.OpenAsync(options);
        await CheckNewestAsync(reopened, checker);

        async Task EndAsync(int actor, bool commits)
        {
            if (open[actor] is not { } ending)
            {
                return;
            }

            open[actor] = null;
            long? commit = null;
            try
            {
                commit = commits ? await ending.Transaction.CommitAsync(TestDatabase.Token) : null;
            }
            catch (Exception error) when (error is HeliosConflictException or HeliosDuplicateKeyException or HeliosKeyNotFoundException)
            {
            }

            await ending.Transaction.DisposeAsync();
            history.Add(new HistoryTransaction($"{actor}", ending.Transaction.Sequence, ending.Steps, commit));
        }
    }

    private static async Task CheckNewestAsync(HistoryDatabase database, HistoryChecker checker)
    {
        await using HeliosTransaction transaction = await database.Database.BeginTransactionAsync(TestDatabase.Token);
        for (int table = 0; table < HistoryState.Tables; table++)
        {
            HistoryStep scan = new(StepKind.Scan, table, 0, 0);
            Assert.Equal(checker.Newest.Apply(scan), await HistoryDatabase.RunAsync(transaction, scan));
        }
    }

    private sealed record Turn(int Actor, TurnKind Kind, StepKind Step, int Table, long Argument)
    {
        public override string ToString() => Kind == TurnKind.Step ? $"{Actor}:{Step}({Table},{Argument})" : $"{Actor}:{Kind}";
    }
}
