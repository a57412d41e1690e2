using Helios.Typed.Primitives;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Framing;
using Helios.Typed.Storage.Log;

namespace Helios.Typed.Storage.Manifest;

/// <summary>Keeps the manifest: an append-only log of states' edits, switched to a fresh file when it has grown long.</summary>
/// <remarks>One writer at a time. After a failed sync it takes no more commits.</remarks>
internal sealed class ManifestStore : IDisposable
{
    /// <summary>The length from which a manifest is followed by a fresh one, beside four times that of its first edit.</summary>
    public const long DefaultRolloverBytes = 1 << 20;

    private const ulong FirstManifest = 1;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly ByteWriter _edit = new();
    private GroupWriter? _groups;
    private ulong _number;
    private ulong _edits;
    private long _snapshotBytes;
    private long _rolloverBytes;
    private GroupEnd _end;
    private IReadOnlyList<string>? _foundFiles;
    private Func<Guid>? _newId;
    private string? _broken;

    private ManifestStore(IFileSystem files, string directory, GroupWriter? groups, ulong number, ulong edits, ManifestState current)
    {
        _files = files;
        _directory = directory;
        _groups = groups;
        _number = number;
        _edits = edits;
        Current = current;
    }

    /// <summary>Gets the state last committed.</summary>
    public ManifestState Current { get; private set; }

    /// <summary>Gets whether a failure left the manifest in a state nobody knows; it takes no more commits.</summary>
    public bool IsBroken => _broken is not null || _groups is { IsBroken: true };

    /// <summary>Gets the torn edit that opening found at the manifest's end and did without, or null.</summary>
    public TornTail? TornTail { get; private init; }

    private string ManifestPath => PathOf(_directory, _number);

    /// <summary>Opens the manifest of a directory, or makes one where the directory holds no database.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory, which is there.</param>
    /// <param name="newId">Gives the id of a new database, or of the history that a backup begins which becomes a database.</param>
    /// <param name="rolloverBytes">The length from which a fresh file is begun, beside four times that of the first edit.</param>
    /// <exception cref="HeliosCorruptionException">The manifest is damaged, or files that it names are missing.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    /// <exception cref="HeliosException">The directory holds other files and no database; nothing was changed.</exception>
    public static ManifestStore Open(IFileSystem files, string directory, Func<Guid> newId, long rolloverBytes = DefaultRolloverBytes)
    {
        ManifestStore store = OpenLater(files, directory, newId, rolloverBytes);
        try
        {
            store.Begin();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Does as <see cref="Open"/>, but changes nothing of a database that is there before <see cref="Begin"/>, or a commit, is called.</summary>
    /// <remarks>What the manifest names can then be looked at first: an opening that is refused leaves everything as it was.</remarks>
    public static ManifestStore OpenLater(IFileSystem files, string directory, Func<Guid> newId, long rolloverBytes = DefaultRolloverBytes)
    {
        IReadOnlyList<string> names = RequireDatabaseOrNothing(files, directory);
        ManifestStore store = names.Contains(FileNames.Current)
            ? Read(files, directory, names)
            : Create(files, directory, FirstManifest, ManifestState.Empty with { DatabaseId = newId() });
        store._rolloverBytes = rolloverBytes;
        store._foundFiles = names;
        store._newId = newId;
        return store;
    }

    /// <summary>Makes what was read durable, and the files this process's own to change; does nothing a second time.</summary>
    public void Begin()
    {
        if (_foundFiles is not { } names)
        {
            return;
        }

        _foundFiles = null;
        try
        {
            bool isThere = _groups is null;
            if (isThere)
            {
                Resume(names);
            }

            // The last edit was read, but perhaps from the system's cache alone: its process was killed before its sync, or its
            // sync failed and the system took the pages for clean. Before files are deleted or edits written on its word, all is
            // said again in a fresh file. A first edit needs no more: it was durable before CURRENT named it.
            if (isThere && names.Contains(FileNames.BackupMark))
            {
                Adopt(_newId!());
            }
            else if (_edits > 1)
            {
                RollOver(Current);
            }

            DeleteLeftovers(names);
        }
        catch (Exception error)
        {
            _broken ??= $"beginning to write it failed ({error.Message})";
            throw;
        }
    }

    /// <summary>Opens the manifest of a database to read it as it is: nothing is changed, and nothing can be committed.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The database directory, which holds a database.</param>
    /// <exception cref="HeliosCorruptionException">The manifest is damaged, or files that it names are missing.</exception>
    /// <exception cref="HeliosFormatException">It is of an unknown format version.</exception>
    public static ManifestStore OpenToRead(IFileSystem files, string directory) => Read(files, directory, files.List(directory));

    /// <summary>Checks that a directory holds a database, or nothing that a new one would stand beside.</summary>
    /// <remarks>Changes nothing, so that it can be asked before the lock puts a file there.</remarks>
    /// <returns>The names of its files.</returns>
    /// <exception cref="HeliosException">The directory holds other files and no database.</exception>
    public static IReadOnlyList<string> RequireDatabaseOrNothing(IFileSystem files, string directory)
    {
        IReadOnlyList<string> names = files.List(directory);
        if (!names.Contains(FileNames.Current))
        {
            RequireNoDatabase(files, directory, names);
        }

        return names;
    }

    /// <summary>Writes what differs between the current state and the next, durably, and makes the next current.</summary>
    /// <remarks>
    /// On failure the current state stays, and whether the next is found at reopening is unknown only if <see cref="IsBroken"/>.
    /// </remarks>
    public void Commit(ManifestState next)
    {
        ThrowIfBroken();
        if (_foundFiles is not null)
        {
            // The next state was made of the one that was found: what beginning made of that is kept.
            Begin();
            next = next with { Histories = Current.Histories };
        }

        GroupWriter groups = _groups ?? throw new InvalidOperationException($"'{ManifestPath}' was opened to be read.");
        _edit.Clear();
        ManifestEdit.Write(Current, next, _edit);
        if (_edit.Length > 0 && groups.Length > _rolloverBytes + (4 * _snapshotBytes))
        {
            RollOver(next);
        }
        else if (_edit.Length > 0)
        {
            groups.Append(_edits + 1, _edits + 1, _edit.WrittenSpan);
            groups.Sync();
            _edits++;
        }

        Current = next;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TrySeal();
        _groups?.Dispose();
        _edit.Dispose();
    }

    private static string PathOf(string directory, ulong number) => Path.Combine(directory, FileNames.Manifest(number));

    private static ManifestStore Create(IFileSystem files, string directory, ulong number, ManifestState state)
    {
        GroupWriter groups = WriteSnapshot(files, directory, number, state);
        try
        {
            CurrentFile.Prepare(files, directory, number);
            CurrentFile.Switch(files, directory);
            return new ManifestStore(files, directory, groups, number, edits: 1, state) { _snapshotBytes = groups.Length };
        }
        catch
        {
            groups.Dispose();
            throw;
        }
    }

    private static ManifestStore Read(IFileSystem files, string directory, IReadOnlyList<string> names)
    {
        ulong number = CurrentFile.Read(files, directory);
        string path = RequireManifest(directory, number, names);
        var reader = new ManifestReader(path);
        using IFile file = files.Open(path, FileOpenMode.Read);
        GroupEnd end = ReadEdits(file, number, reader, names, out long snapshotEnd, out TornTail? tail);
        return new ManifestStore(files, directory, groups: null, number, (ulong)end.Groups, reader.ToState())
        {
            _end = end,
            _snapshotBytes = snapshotEnd,
            TornTail = tail,
        };
    }

    private void Resume(IReadOnlyList<string> names)
    {
        // A process that was killed may have switched CURRENT and not synced the name: nothing is built on it before it is durable.
        _files.SyncDirectory(_directory);
        using (IFile file = _files.Open(ManifestPath, FileOpenMode.ReadWrite))
        {
            if (TornTail is not null)
            {
                file.SetLength(_end.Offset);
            }

            file.Sync();
        }

        NameStagedLog(_files, _directory, Current, names);
        _groups = GroupWriter.Resume(_files, ManifestPath, _number, _end);
    }

    // The last step of a backup, where it was interrupted.
    private static void NameStagedLog(IFileSystem files, string directory, ManifestState state, IReadOnlyList<string> names)
    {
        if (LogFiles.IsStaged(names, state.FirstLogNumber))
        {
            string path = Path.Combine(directory, FileNames.Log(state.FirstLogNumber));
            files.Rename(FileNames.Temporary(path), path);
            files.SyncDirectory(directory);
        }
    }

    // Who opens a backup for writing makes it a database of its own, which gives its next commits the numbers that the other
    // gives to others. Its log is not read yet: what is known here to be common ends with the segments. The mark goes last.
    private void Adopt(Guid history)
    {
        ManifestState forked = Current.Fork(history, Current.LastPersisted);
        RollOver(forked);
        Current = forked;
        BackupMark.Remove(_files, _directory);
    }

    private static string RequireManifest(string directory, ulong number, IReadOnlyList<string> names) =>
        names.Contains(FileNames.Manifest(number)) ? PathOf(directory, number)
            : throw Corruption.At(PathOf(directory, number), 0, $"the file is missing, and {FileNames.Current} names it");

    private static GroupEnd ReadEdits(IFile file, ulong number, ManifestReader reader, IReadOnlyList<string> names, out long snapshotEnd, out TornTail? tail)
    {
        FileHeader.Check(file, ManifestFormat.Magic, ManifestFormat.Version, number);
        ulong edits = 0;
        long secondEdit = 0;

        // CURRENT names a manifest only when its first edit is durable, so that one is never a torn tail.
        const long firstEditEnd = 2 * FileHeader.PageBytes;
        GroupEnd end = new GroupReader(file, number).Read(firstEditEnd, mayBeTorn: true, (offset, first, _, payload) =>
        {
            edits++;
            secondEdit = edits == 2 ? offset : secondEdit;
            reader.Apply(payload, offset);
            if (first != edits)
            {
                throw Corruption.At(file.Path, offset, $"the edit here has number {first}, expected {edits}");
            }
        });
        tail = end.Offset < file.Length ? new TornTail(file.Path, end.Offset, file.Length - end.Offset) : null;
        RequireFiles(file.Path, reader.ToState(), names, tail);
        snapshotEnd = secondEdit > 0 ? secondEdit : end.Offset;
        return end;
    }

    internal static GroupWriter WriteSnapshot(IFileSystem files, string directory, ulong number, ManifestState state)
    {
        // A file of that name is what an attempt that failed left behind; CURRENT names another.
        string path = PathOf(directory, number);
        files.Delete(path);
        var groups = GroupWriter.Create(files, path, ManifestFormat.Magic, ManifestFormat.Version, number);
        try
        {
            using var snapshot = new ByteWriter();
            ManifestEdit.Write(ManifestState.Empty, state, snapshot);
            groups.Append(1, 1, snapshot.WrittenSpan);
            groups.Sync();
            return groups;
        }
        catch
        {
            groups.Dispose();
            GroupWriter.TryDelete(files, path);
            throw;
        }
    }

    // A creation that was interrupted leaves a lock, temporary files, or a manifest that holds its first edit at most.
    private static void RequireNoDatabase(IFileSystem files, string directory, IReadOnlyList<string> names)
    {
        string? foreign = names.FirstOrDefault(name => !FileNames.TryParse(name, out _, out _));
        if (foreign is not null)
        {
            throw new HeliosException($"The directory '{directory}' is not a database: it holds '{foreign}' and no {FileNames.Current}. Choose an empty directory, or one that does not exist yet.");
        }

        if (names.Contains(FileNames.BackupMark))
        {
            throw new HeliosException($"The directory '{directory}' holds a backup or a restored database that was not finished. Repeat what was interrupted, or choose another directory; nothing was changed.");
        }

        string? orphan = names.FirstOrDefault(name => !IsLeftover(files, directory, name));
        if (orphan is not null)
        {
            throw new HeliosCorruptionException(Path.Combine(directory, FileNames.Current), 0, $"{FileNames.Current} is missing, and the directory holds '{orphan}' of its database. Restore the database from a backup, or choose an empty directory; nothing was changed.");
        }
    }

    private static bool IsLeftover(IFileSystem files, string directory, string name)
    {
        bool isKnown = FileNames.TryParse(name, out FileKind kind, out ulong number);
        if (kind != FileKind.Manifest)
        {
            return isKnown && kind is FileKind.Lock or FileKind.LockHolder or FileKind.Temporary;
        }

        using IFile file = files.Open(Path.Combine(directory, name), FileOpenMode.Read);
        return number == FirstManifest && file.Length <= 2 * FileHeader.PageBytes;
    }

    // Files go only when an edit that does without them is durable: one that is missing says that the edit which cannot be read was
    // no torn tail. Asked before anything is cut.
    private static void RequireFiles(string path, ManifestState state, IReadOnlyList<string> names, TornTail? tail)
    {
        HashSet<string> there = [.. names];
        List<string> needed = state.ListFiles();

        if (tail is not null && names.Any(name => FileNames.TryParse(name, out FileKind kind, out _) && kind == FileKind.Log))
        {
            // Where the manifest is whole, this is for the reader of the logs to tell.
            needed.Add(FileNames.Log(Math.Max(state.FirstLogNumber, 1)));
        }

        foreach (string name in needed)
        {
            if (!there.Contains(name))
            {
                throw tail is not null
                    ? Corruption.At(path, tail.Offset, $"no whole edit stands here, and '{name}', which the edits before need, is gone: an edit that stood here was durable")
                    : Corruption.At(Path.Combine(Path.GetDirectoryName(path)!, name), 0, $"the file is missing, and '{path}' names it");
            }
        }
    }

    private void RollOver(ManifestState next)
    {
        GroupWriter groups = PrepareRollover(next);
        try
        {
            CurrentFile.Switch(_files, _directory);
        }
        catch (Exception e)
        {
            // Either manifest may be the one that a reopening finds, so neither can take more.
            _broken = $"switching it to {FileNames.Manifest(_number + 1)} failed ({e.Message})";
            groups.Dispose();
            throw;
        }

        _groups?.Dispose();
        GroupWriter.TryDelete(_files, ManifestPath);
        _groups = groups;
        _number++;
        _edits = 1;
        _snapshotBytes = groups.Length;
    }

    // Up to here a failure (a full disk) changes nothing: CURRENT still names the old manifest, which is whole.
    private GroupWriter PrepareRollover(ManifestState next)
    {
        GroupWriter groups = WriteSnapshot(_files, _directory, _number + 1, next);
        try
        {
            CurrentFile.Prepare(_files, _directory, _number + 1);
            return groups;
        }
        catch
        {
            groups.Dispose();
            throw;
        }
    }

    // So that the next opening can tell damage of the last edit from a torn tail. The edits are durable, and all is as safe without.
    private void TrySeal()
    {
        if (_groups is not null && _edits > 1 && !IsBroken)
        {
            try
            {
                _groups.Seal();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _broken = $"ending it failed ({error.Message})";
            }
        }
    }

    private void DeleteLeftovers(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            bool isKnown = FileNames.TryParse(name, out FileKind kind, out ulong number);
            if (isKnown && ((kind == FileKind.Manifest && number != _number) || name == FileNames.Temporary(FileNames.Current)))
            {
                GroupWriter.TryDelete(_files, Path.Combine(_directory, name));
            }
        }
    }

    private void ThrowIfBroken()
    {
        if (_broken is not null)
        {
            throw new HeliosException($"'{ManifestPath}' takes no more commits since {_broken}. Close the database and open it again: it recovers to a state that was committed.");
        }
    }
}
