using System.ComponentModel.DataAnnotations.Schema;
using CsCheck;
using Helios.Typed.Storage.Files;
using Helios.Typed.Tests.Engine;
using Xunit;

namespace Helios.Typed.Tests.Transactions;

/// <summary>Drops, makes anew and migrates one table at random under open snapshots and transactions, and holds them to what was there when they began.</summary>
public sealed partial class ReplacedTablePropertyTests
{
    private static readonly Gen<(Kind Kind, int Choice)> _step = Gen.Select(
        Gen.Frequency(
            (4, Gen.Const(Kind.Insert)), (2, Gen.Const(Kind.Drop)), (2, Gen.Const(Kind.Migrate)), (1, Gen.Const(Kind.Checkpoint)),
            (2, Gen.Const(Kind.OpenSnapshot)), (4, Gen.Const(Kind.ReadSnapshots)), (2, Gen.Const(Kind.Begin)), (3, Gen.Const(Kind.TransactionReads)),
            (3, Gen.Const(Kind.TransactionWrites)), (2, Gen.Const(Kind.Commit))),
        Gen.Int[0, 100]);

    private enum Kind
    {
        Insert,
        Drop,
        Migrate,
        Checkpoint,
        OpenSnapshot,
        ReadSnapshots,
        Begin,
        TransactionReads,
        TransactionWrites,
        Commit,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task What_is_open_reads_the_table_of_its_begin_or_refuses_and_never_another_of_the_name() =>
        _step.List[1, 40].SampleAsync(RunAsync, iter: 200, print: steps => string.Join(' ', steps));

    private static async Task RunAsync(List<(Kind Kind, int Choice)> steps)
    {
        await using Run run = new();
        await run.RunAsync(steps);
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly HeliosDatabase _database = new(TestDatabase.OptionsOn(new MemoryFileSystem()), "/data/db");
        private readonly List<OpenSnapshot> _snapshots = [];
        private readonly List<OpenTransaction> _transactions = [];
        private Generation? _now;
        private bool _isByText;
        private int _step;

        public async Task RunAsync(List<(Kind Kind, int Choice)> steps)
        {
            foreach ((Kind kind, int choice) in steps)
            {
                _step++;
                await RunAsync(kind, choice);
                Assert.Equal(_now?.Ids ?? [], await ReadAsync(_isByText ? null : _database.Store<ByNumber>(), _isByText ? _database.Store<ByText>() : null));
            }

            foreach (OpenSnapshot snapshot in _snapshots)
            {
                await CheckAsync(snapshot);
                snapshot.Snapshot.Dispose();
            }

            _transactions.ForEach(transaction => transaction.Transaction.Dispose());
            await _database.CheckpointAsync(Token);
            Assert.Empty((await _database.VerifyAsync(cancellationToken: Token)).Problems);
        }

        public ValueTask DisposeAsync() => _database.DisposeAsync();

        private async Task RunAsync(Kind kind, int choice)
        {
            switch (kind)
            {
                case Kind.Insert:
                    await (_isByText ? InsertAsync(_database.Store<ByText>(), null, _step) : InsertAsync(null, _database.Store<ByNumber>(), _step));
                    Note(_step);
                    break;
                case Kind.Drop when _now is not null:
                    Assert.True(await _database.DropTableAsync("numbered", Token));
                    _now = null;
                    break;
                case Kind.Migrate when _now is { } old:
                    await (_isByText
                        ? _database.MigrateAsync<ByText, ByNumber>(row => new ByNumber { Id = int.Parse(row.Id, null) }, cancellationToken: Token)
                        : _database.MigrateAsync<ByNumber, ByText>(row => new ByText { Id = $"{row.Id}" }, cancellationToken: Token));
                    _isByText = !_isByText;
                    _now = new Generation(old.Ids, _step);
                    break;
                case Kind.Checkpoint:
                    await _database.CheckpointAsync(Token);
                    break;
                case Kind.OpenSnapshot when _snapshots.Count < 4:
                    _snapshots.Add(new OpenSnapshot(await _database.OpenSnapshotAsync(Token), _now, _now?.Ids ?? []));
                    break;
                case Kind.ReadSnapshots:
                    foreach (OpenSnapshot snapshot in _snapshots)
                    {
                        await CheckAsync(snapshot);
                    }

                    break;
                case Kind.Begin when _transactions.Count < 3:
                    _transactions.Add(new OpenTransaction(await _database.BeginTransactionAsync(Token), _now, _now?.Ids ?? [], _step));
                    break;
                case Kind.TransactionReads or Kind.TransactionWrites or Kind.Commit when _transactions.Count > 0:
                    await RunAsync(kind, _transactions[choice % _transactions.Count]);
                    break;
                default:
                    break;
            }
        }

        private async Task CheckAsync(OpenSnapshot open)
        {
            // A store that was used while the table was there keeps it.
            if (open.ByText is not null || open.ByNumber is not null)
            {
                Assert.Equal(open.Ids, await ReadAsync(open.ByNumber, open.ByText));
            }

            IHeliosReader<ByText>? byText = _isByText ? open.Snapshot.Store<ByText>() : null;
            IHeliosReader<ByNumber>? byNumber = _isByText ? null : open.Snapshot.Store<ByNumber>();
            if (open.Then is not null && open.Then != _now)
            {
                await Assert.ThrowsAsync<HeliosSchemaException>(() => ReadAsync(byNumber, byText));
                return;
            }

            Assert.Equal(open.Ids, await ReadAsync(byNumber, byText));
            if (open.Then is not null)
            {
                (open.ByNumber, open.ByText) = (byNumber, byText);
            }
        }

        private async Task RunAsync(Kind kind, OpenTransaction open)
        {
            IHeliosStore<ByText>? byText = _isByText ? open.Transaction.Store<ByText>() : null;
            IHeliosStore<ByNumber>? byNumber = _isByText ? null : open.Transaction.Store<ByNumber>();
            bool isReplaced = open.Then is not null && open.Then != _now;
            switch (kind)
            {
                case Kind.Commit:
                    await CommitAsync(open);
                    _transactions.Remove(open);
                    break;
                case Kind.TransactionReads when isReplaced:
                    await Assert.ThrowsAsync<HeliosConflictException>(() => ReadAsync(byNumber, byText));
                    break;
                case Kind.TransactionWrites when isReplaced:
                    await Assert.ThrowsAsync<HeliosConflictException>(() => InsertAsync(byText, byNumber, _step));
                    break;
                case Kind.TransactionReads when open.Touches(_now, _isByText):
                    Assert.Equal(open.Ids.Union(open.Own).Order(), await ReadAsync(byNumber, byText));
                    open.HasRead = true;
                    break;
                case Kind.TransactionWrites when open.Touches(_now, _isByText):
                    await InsertAsync(byText, byNumber, _step);
                    open.Own.Add(_step);
                    break;
                default:
                    break;
            }
        }

        private async Task CommitAsync(OpenTransaction open)
        {
            bool isGone = open.Touched is { } touched ? touched != _now : open.Then is not null && open.Then != _now;
            bool isConflict = open.Own.Count > 0 && (isGone || (open.HasRead && _now?.LastChange > open.Began));
            if (isConflict)
            {
                await Assert.ThrowsAsync<HeliosConflictException>(async () => await open.Transaction.CommitAsync(Token));
            }
            else
            {
                await open.Transaction.CommitAsync(Token);
                open.Own.ForEach(Note);
            }

            open.Transaction.Dispose();
        }

        private void Note(int id)
        {
            _now ??= new Generation([], _step);
            _now.Ids = [.. _now.Ids.Append(id).Order()];
            _now.LastChange = _step;
        }

        private static Task InsertAsync(IHeliosStore<ByText>? byText, IHeliosStore<ByNumber>? byNumber, int id) => byText is not null
            ? byText.InsertAsync(new ByText { Id = $"{id}" }, Token).AsTask()
            : byNumber!.InsertAsync(new ByNumber { Id = id }, Token).AsTask();

        private static async Task<IEnumerable<int>> ReadAsync(IHeliosReader<ByNumber>? byNumber, IHeliosReader<ByText>? byText) => byText is not null
            ? [.. (await byText.Query().ToListAsync(Token)).Select(row => int.Parse(row.Id, null)).Order()]
            : [.. (await byNumber!.Query().ToListAsync(Token)).Select(row => row.Id).Order()];
    }

    /// <summary>Is one table of the name, from its first row until it is dropped or replaced.</summary>
    private sealed class Generation(IReadOnlyList<int> ids, int lastChange)
    {
        public IReadOnlyList<int> Ids { get; set; } = ids;

        public int LastChange { get; set; } = lastChange;
    }

    private sealed class OpenSnapshot(HeliosSnapshot snapshot, Generation? then, IReadOnlyList<int> ids)
    {
        public HeliosSnapshot Snapshot => snapshot;

        public Generation? Then => then;

        public IReadOnlyList<int> Ids => ids;

        public IHeliosReader<ByNumber>? ByNumber { get; set; }

        public IHeliosReader<ByText>? ByText { get; set; }
    }

    private sealed class OpenTransaction(HeliosTransaction transaction, Generation? then, IReadOnlyList<int> ids, int began)
    {
        private bool? _isByText;

        public HeliosTransaction Transaction => transaction;

        public Generation? Then => then;

        public IReadOnlyList<int> Ids => ids;

        public int Began => began;

        public bool HasRead { get; set; }

        public List<int> Own { get; } = [];

        /// <summary>What was there when the transaction first used the table.</summary>
        public Generation? Touched { get; private set; }

        /// <summary>Notes a use of the table; false where the model does not tell what comes of it, as the table came and went since.</summary>
        public bool Touches(Generation? now, bool isByText)
        {
            if (now is null)
            {
                // A name that means nothing means whatever comes first.
                return false;
            }

            Touched ??= now;
            return Touched == now && isByText == (_isByText ??= isByText);
        }
    }

    [Table("numbered")]
    internal sealed partial record ByNumber
    {
        public int Id { get; init; }
    }

    [Table("numbered")]
    internal sealed partial record ByText
    {
        public required string Id { get; init; }
    }
}
