using CsCheck;
using Helios.Typed.Engine;
using Helios.Typed.Operations;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Operations;

/// <summary>Follows a database through random drops, backups, restores and salvages: whoever is not refused has what the database has.</summary>
public sealed class FollowingPropertyTests
{
    private const int Keys = 6;
    private const int Receivers = 3;

    private static readonly Gen<Step> _step = Gen.Frequency(
        (8, Gen.Select(Gen.Enum<StepKind>().Where(kind => kind <= StepKind.Delete), Gen.Long[1, Keys], (kind, id) => new Step(kind, (int)id))),
        (5, Gen.Int[0, Receivers - 1].Select(receiver => new Step(StepKind.Receive, receiver))),
        (2, Gen.Const(new Step(StepKind.Checkpoint, 0))),
        (1, Gen.Const(new Step(StepKind.Reopen, 0))),
        (1, Gen.Const(new Step(StepKind.Drop, 0))),
        (2, Gen.Const(new Step(StepKind.BackUp, 0))),
        (2, Gen.Const(new Step(StepKind.Restore, 0))),
        (1, Gen.Const(new Step(StepKind.OpenBackup, 0))),
        (1, Gen.Const(new Step(StepKind.Salvage, 0))));

    private enum StepKind
    {
        Upsert,
        Delete,
        Receive,
        Checkpoint,
        Reopen,
        Drop,
        BackUp,
        Restore,
        OpenBackup,
        Salvage,
    }

    [Fact]
    public async Task Whoever_goes_on_from_a_position_has_what_the_database_has_or_is_told_to_begin_anew()
    {
        int refused = 0;
        int passed = 0;
        await _step.List[10, 60].SampleAsync(
            async steps =>
            {
                await using Run run = await Run.BeginAsync();
                foreach (Step step in steps)
                {
                    await run.ActAsync(step);
                }

                for (int receiver = 0; receiver < Receivers; receiver++)
                {
                    await run.ActAsync(new Step(StepKind.Receive, receiver));
                }

                Interlocked.Add(ref refused, run.Refused);
                Interlocked.Add(ref passed, run.Passed);
            },
            iter: 150,
            print: steps => string.Join(' ', steps));

        Assert.True(refused > 20, $"only {refused} receivers were refused");
        Assert.True(passed > 20, $"only {passed} receivers went on into another history");
    }

    private sealed record Step(StepKind Kind, int Argument)
    {
        public override string ToString() => $"{Kind}({Argument})";
    }

    private sealed class Receiver
    {
        public ChangePosition Position { get; set; }

        public SortedDictionary<long, string> Rows { get; set; } = [];
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly MemoryFileSystem _files = new();
        private readonly DeterministicScheduler _scheduler = new();
        private readonly Receiver[] _receivers = [.. Enumerable.Range(0, Receivers).Select(_ => new Receiver())];
        private TestDatabase _database = null!;
        private int _ids;
        private int _names;
        private int _places;
        private string? _backup;

        /// <summary>How many were told to begin anew.</summary>
        public int Refused { get; private set; }

        /// <summary>How many went on from a position of one history in another.</summary>
        public int Passed { get; private set; }

        public static async Task<Run> BeginAsync()
        {
            Run run = new();
            await run.OpenAsync("/data/0", RecoveryMode.Strict);
            return run;
        }

        public async Task ActAsync(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Upsert:
                    // No name comes twice, so that no row of another history passes for one of this.
                    await _database.UpsertAsync((step.Argument, $"{++_names}"));
                    break;
                case StepKind.Delete:
                    await _database.DeleteAsync(step.Argument);
                    break;
                case StepKind.Receive:
                    await ReceiveAsync(_receivers[step.Argument]);
                    break;
                case StepKind.Checkpoint:
                    await _scheduler.RunUntilAsync(_database.Engine.CheckpointAsync(TestDatabase.Token));
                    break;
                case StepKind.Drop:
                    await _scheduler.RunUntilAsync(_database.Engine.DropTableAsync("points", TestDatabase.Token));
                    await _scheduler.RunUntilAsync(_database.ReopenAsync());
                    break;
                case StepKind.BackUp:
                    _backup ??= $"/backups/{++_places}";
                    Backup.Run(_database.Engine, _files, _backup, new BackupOptions(), null, TestDatabase.Token);
                    break;
                case StepKind.Restore when _backup is not null:
                    string path = $"/data/{++_places}";
                    BackupFixture.Restore(_files, path, _backup, newId: NextId);
                    _backup = null;
                    await GoOnAsync(path, RecoveryMode.Strict);
                    break;
                case StepKind.OpenBackup when _backup is not null:
                    path = _backup;
                    _backup = null;
                    await GoOnAsync(path, RecoveryMode.Strict);
                    break;
                case StepKind.Salvage:
                    await SalvageAsync();
                    break;
                default:
                    await _scheduler.RunUntilAsync(_database.ReopenAsync());
                    break;
            }
        }

        public async ValueTask DisposeAsync() => await _scheduler.RunUntilAsync(_database.DisposeAsync().AsTask());

        private async Task ReceiveAsync(Receiver receiver)
        {
            ChangePosition present = await _database.Engine.FindPositionAsync(null, TestDatabase.Token);
            try
            {
                using ChangeReader reader = _database.Engine.OpenChanges(table: null, receiver.Position, follows: false);
                Passed += receiver.Position != ChangePosition.Start && receiver.Position.History != present.History ? 1 : 0;
                while (await reader.ReadAsync(TestDatabase.Token) is { } changes)
                {
                    foreach (LoggedChange change in changes)
                    {
                        Apply(change, receiver.Rows);
                        receiver.Position = reader.PositionOf(change);
                    }
                }
            }
            catch (HeliosException error) when (error is HeliosChangesDivergedException or HeliosChangesTrimmedException)
            {
                Refused += receiver.Position == ChangePosition.Start ? 0 : 1;
                receiver.Rows = _database.Rows();
                receiver.Position = present;
            }

            Assert.Equal(_database.Rows(), receiver.Rows);
        }

        private void Apply(LoggedChange change, SortedDictionary<long, string> rows)
        {
            if (change.Kind == ChangeKind.TableDropped)
            {
                rows.Clear();
                return;
            }

            (_, _, long id, string? name, _) = ChangeModel.Of(change, _database);
            if (name is null)
            {
                Assert.True(rows.Remove(id), $"{change.Kind} {id}");
                return;
            }

            Assert.Equal(change.Kind == ChangeKind.Update, rows.ContainsKey(id));
            rows[id] = name;
        }

        private async Task SalvageAsync()
        {
            string path = _database.Options.Path;
            await DisposeAsync();
            string? log = _files.List(path).LastOrDefault(name => name.EndsWith(".log", StringComparison.Ordinal) && LengthOf(path, name) > 4096 + 64);
            if (log is not null)
            {
                using IFile file = _files.Open(Path.Combine(path, log), FileOpenMode.ReadWrite);
                file.WriteAt([0x55], 4096 + 70);
            }

            await OpenAsync(path, RecoveryMode.Salvage);
        }

        private long LengthOf(string path, string name)
        {
            using IFile file = _files.Open(Path.Combine(path, name), FileOpenMode.Read);
            return file.Length;
        }

        private async Task GoOnAsync(string path, RecoveryMode mode)
        {
            await DisposeAsync();
            await OpenAsync(path, mode);
        }

        private async Task OpenAsync(string path, RecoveryMode mode) => _database = await TestDatabase.OpenAsync(
            TestDatabase.OptionsOn(_files, path) with { Background = _scheduler, Clock = new ManualClock(), NewId = NextId, ChangeRetentionBytes = 1 << 20, RecoveryMode = mode });

        private Guid NextId() => new(++_ids, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }
}
