using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;

namespace Helios.Typed.Engine;

/// <summary>Reads the changes of commits from the logs, in the order of the commits.</summary>
/// <remarks>
/// For one thread. It has its own handle of the one file that it is reading, so that it needs no lock and the file stays
/// readable to it when retention deletes it. What it gives is durable: who acted on it never learns that it was undone.
/// </remarks>
internal sealed class ChangeReader : IDisposable
{
    private readonly DatabaseEngine _engine;
    private readonly DatabaseState _state;
    private readonly CatalogTable? _table;
    private readonly GroupChanges _changes;
    private readonly SequenceNumber _since;
    private readonly SequenceNumber _target;
    private readonly bool _follows;
    private SequenceNumber _next;
    private ulong _logNumber;
    private IFile? _file;
    private GroupReader? _groups;
    private GroupEnd _end;

    /// <summary>Starts reading.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="state">Its state.</param>
    /// <param name="table">The one table whose changes are wanted, or null for all.</param>
    /// <param name="since">The place after which to start.</param>
    /// <param name="follows">Whether to wait for commits to come, instead of ending at the newest.</param>
    /// <exception cref="HeliosChangesTrimmedException">Commits after <paramref name="since"/> are in no log any more.</exception>
    /// <exception cref="HeliosChangesDivergedException"><paramref name="since"/> is not on the way to what the database is.</exception>
    public ChangeReader(DatabaseEngine engine, DatabaseState state, CatalogTable? table, ChangePosition since, bool follows)
    {
        _engine = engine;
        _state = state;
        _table = table;
        _changes = new GroupChanges(table);
        _since = new SequenceNumber((ulong)since.Sequence);

        // Who only reads cannot make durable what may not be.
        _target = state.Options.ReadOnly ? state.Durable : state.Published;
        _follows = follows;
        _next = new SequenceNumber(_since.Value + 1);
        if (since != ChangePosition.Start && (_since > state.Published || !state.Lineage.Holds(since.History, _since)))
        {
            throw new HeliosChangesDivergedException(since, state.Lineage.At(state.Published));
        }

        _ = FindLog();
    }

    /// <summary>Reads the next changes: all of one or more commits.</summary>
    /// <returns>The changes, or null at the end.</returns>
    /// <exception cref="HeliosChangesTrimmedException">The log of the next commit has gone.</exception>
    /// <exception cref="HeliosCorruptionException">A log is damaged.</exception>
    /// <exception cref="HeliosSchemaException">The one table that is followed was dropped, and every change of it was read.</exception>
    /// <exception cref="ObjectDisposedException">The database was closed.</exception>
    public async ValueTask<IReadOnlyList<LoggedChange>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task pulse = _state.Commits.Next;
            _engine.ThrowIfDisposed();
            if (!_follows && _next > _target)
            {
                return null;
            }

            if (_next <= _state.Durable)
            {
                List<LoggedChange> changes = ReadGroup();
                if (changes.Count > 0)
                {
                    return changes;
                }
            }
            else if (_next <= _state.Published && !_state.Options.ReadOnly)
            {
                await _engine.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (_table is { IsDropped: true } gone)
            {
                // Its last change was told, and none can follow.
                throw new HeliosSchemaException(gone.Shape.Name, $"Table '{gone.Shape.Name}' was dropped, or migrated to another, and no change of it can follow. Where there is a table in its place, read its rows anew, and follow that from the commit that they were read at.");
            }
            else
            {
                await pulse.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives the place of a change.</summary>
    public ChangePosition PositionOf(LoggedChange change) => _state.Lineage.At(change.Sequence);

    /// <inheritdoc/>
    public void Dispose() => CloseFile();

    private List<LoggedChange> ReadGroup()
    {
        List<LoggedChange> changes = [];
        SequenceNumber last = default;
        void Take(long offset, ulong first, ulong lastOfGroup, ReadOnlySpan<byte> payload)
        {
            last = new SequenceNumber(lastOfGroup);
            try
            {
                _changes.Read(payload, _since, new RowPlace(_file!.Path, offset), changes);
            }
            catch (InvalidDataException error)
            {
                throw (HeliosException?)UnknownVersion.In(error, _file!.Path) ?? Corruption.At(_file!.Path, offset, $"the group's checksums hold but {error.Message}");
            }
        }

        if (_file is null)
        {
            OpenLog(FindLog());
        }

        while (!_groups!.TryReadNext(ref _end, Take))
        {
            // The commit is published, so where this log ends without it, it is in a later one.
            ulong ended = _logNumber;
            ulong number = FindLog();
            if (number <= ended)
            {
                throw Corruption.At(_file!.Path, _end.Offset, $"the log ends here, and should hold commit {_next.Value}");
            }

            OpenLog(number);
        }

        if (last >= _next)
        {
            _next = new SequenceNumber(last.Value + 1);
        }

        return changes;
    }

    private ulong FindLog()
    {
        SequenceNumber beginning = _state.Lineage.Beginning;
        if (_state.Logs.TryFind(_next, out ulong number, out SequenceNumber oldest) && _next > beginning)
        {
            return number;
        }

        SequenceNumber available = new(Math.Max(oldest.Value - 1, beginning.Value));
        throw new HeliosChangesTrimmedException(_state.Lineage.At(new SequenceNumber(_next.Value - 1)), _state.Lineage.At(available));
    }

    private void OpenLog(ulong number)
    {
        CloseFile();
        string path = _state.PathOf(FileNames.Log(number));
        try
        {
            _file = _state.Options.Files.Open(path, FileOpenMode.Read);
        }
        catch (FileNotFoundException)
        {
            // Deleted since it was looked up, or by somebody else's hand: what follows it can be read.
            _state.Logs.Forget(number);
            _ = FindLog();
            throw new HeliosCorruptionException(path, 0, $"the log is missing, and should hold commit {_next.Value}. Restore the file, or the database from a backup.");
        }

        FileHeader.Check(_file, LogFormat.Magic, LogFormat.Version, number);
        _groups = new GroupReader(_file, number);
        _end = GroupEnd.Start;
        _logNumber = number;
    }

    private void CloseFile()
    {
        _file?.Dispose();
        _file = null;
    }
}
