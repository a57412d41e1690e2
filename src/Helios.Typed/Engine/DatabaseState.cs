using System.Collections.Concurrent;
using Helios.Typed.Primitives;
using Helios.Typed.Records;
using Helios.Typed.Storage.Files;
using Helios.Typed.Storage.Manifest;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Is what the parts of an open engine share: the catalog, the newest version, how far commits have come, and what went wrong.</summary>
/// <remarks>
/// Three locks, taken in this order where several are. <see cref="StructureLock"/>: who holds it changes the manifest and the
/// files that it names. <see cref="CommitLock"/>: who holds it appends to the log, ends row versions and swaps the version.
/// <see cref="KeyLock"/>: who holds it gives out integer keys; never held while a file is written. Readers take none.
/// </remarks>
/// <param name="options">The options; their files are <paramref name="disk"/>.</param>
/// <param name="disk">The files, and what is written to them.</param>
/// <param name="manifest">The manifest.</param>
/// <param name="log">Where the engine reports.</param>
internal sealed class DatabaseState(EngineOptions options, MeteredFileSystem disk, ManifestStore manifest, EngineLog log)
{
    private readonly ConcurrentDictionary<Segment, Task<Exception?>> _retired = new();
    private readonly List<Segment> _dropped = [];
    private Moment _now = new(StoreVersion.CreateEmpty(), default);
    private Lineage? _lineage;
    private ulong _durable;
    private ulong _nextFileNumber = manifest.Current.NextFileNumber;
    private volatile HeliosReadOnlyException? _readOnlyCause = options.ReadOnly ? OpenedToRead(options.Path) : null;

    /// <summary>Gets the options.</summary>
    public EngineOptions Options => options;

    /// <summary>Gets the files, and what is written to them.</summary>
    public MeteredFileSystem Disk => disk;

    /// <summary>Gets what measures the database.</summary>
    public DatabaseMeter Meter { get; } = new(options.Name ?? options.Path);

    /// <summary>Gets what was committed since the opening.</summary>
    public CommitTotals Committed { get; } = new();

    /// <summary>Gets what is loaded into memory with, within the budget.</summary>
    public SegmentMemory Memory { get; } = SegmentMemory.Of(options);

    /// <summary>Gets the bytes from which on memtables are sealed: three times as much has room in their share.</summary>
    public long MemtableBytes => Math.Min(options.MemtableBytes, Memory.Budget.MemtableLimit / 3);

    /// <summary>Gets the manifest; changed under the structure lock.</summary>
    public ManifestStore Manifest => manifest;

    /// <summary>Gets where the engine reports.</summary>
    public EngineLog Log => log;

    /// <summary>Gets the tables.</summary>
    public Catalog Catalog { get; } = new();

    /// <summary>Gets who reads files by name, and keeps them from being deleted.</summary>
    public FileHolds Holds { get; } = new();

    /// <summary>Gets the histories that lead to the present one, which goes on for as long as the database is open; first asked for once the manifest was begun.</summary>
    public Lineage Lineage => LazyInitializer.EnsureInitialized(ref _lineage, () => new Lineage(manifest.Current.Lineage));

    /// <summary>Gets which logs are there.</summary>
    public LogRegister Logs { get; } = new(manifest.Current.RetainedLogs);

    /// <summary>Gets what wakes those who wait for commits, also when the database is closed.</summary>
    public CommitSignal Commits { get; } = new();

    /// <summary>Gets the lock of the manifest.</summary>
    public Lock StructureLock { get; } = new();

    /// <summary>Gets the lock of the log and the version.</summary>
    public Lock CommitLock { get; } = new();

    /// <summary>Gets the lock of the key counters.</summary>
    public Lock KeyLock { get; } = new();

    /// <summary>Gets the newest version. Only who holds the commit lock may use it without a hold of their own.</summary>
    public StoreVersion Current => Volatile.Read(ref _now).Version;

    /// <summary>Gets the newest commit that readers see.</summary>
    public SequenceNumber Published => Volatile.Read(ref _now).Sequence;

    /// <summary>Gets the newest commit that a power cut cannot take; never above <see cref="Published"/>.</summary>
    public SequenceNumber Durable => new(Volatile.Read(ref _durable));

    /// <summary>Gets why the database takes no more writes, or null while it does.</summary>
    public HeliosReadOnlyException? ReadOnlyCause => _readOnlyCause;

    /// <summary>Gets the number that the next file takes, as the manifest should keep it.</summary>
    public ulong NextFileNumber => Volatile.Read(ref _nextFileNumber);

    /// <summary>Takes a number for a new file.</summary>
    public ulong TakeFileNumber() => Interlocked.Increment(ref _nextFileNumber) - 1;

    /// <summary>Makes the exception for work on a closed database.</summary>
    public static ObjectDisposedException Closed() => new("HeliosDatabase", "The database is closed.");

    private static HeliosReadOnlyException OpenedToRead(string path) =>
        new(path, $"The database '{path}' was opened with {nameof(EngineOptions.ReadOnly)}, and takes no writes. Close it, and open it without that to write.", null);

    /// <summary>Gives a file's path.</summary>
    public string PathOf(string fileName) => Path.Combine(options.Path, fileName);

    /// <summary>Relates a stored shape to itself, for parts of the engine that know no declaration.</summary>
    public static TableSchema SchemaOf(Schema.TableShape shape) => TableSchema.Create(shape, shape);

    /// <summary>Gives the schema of a table that has segments, as the manifest knows it: no segment holds a column that this lacks.</summary>
    /// <returns>The schema, or null where the table was dropped and the manifest has followed.</returns>
    public TableSchema? FindManifestSchema(TableId table) =>
        manifest.Current.Tables.FirstOrDefault(stored => stored.Id == table) is { } found ? SchemaOf(ShapeCodec.Decode(found.Shape.Span)) : null;

    /// <summary>Makes commits visible; under the commit lock, after they were applied.</summary>
    /// <param name="sequence">The newest of them.</param>
    /// <param name="next">The version that they made, where they changed which tables there are, or their names or shapes; held by the caller, and passed on.</param>
    public void Publish(SequenceNumber sequence, StoreVersion? next = null)
    {
        Become(new Moment(next ?? Current, sequence));
        Commits.Pulse();
    }

    /// <summary>Notes that every published commit is on stable storage; under the commit lock.</summary>
    public void MarkDurable()
    {
        Volatile.Write(ref _durable, Published.Value);
        Commits.Pulse();
    }

    /// <summary>Notes that published commits are known to be on stable storage; while opening.</summary>
    /// <param name="through">The last of them.</param>
    public void MarkDurable(SequenceNumber through) => Volatile.Write(ref _durable, through.Value);

    /// <summary>Replaces the newest version by one that the caller made and that shows the same at the newest commit; under the commit lock.</summary>
    public void Swap(StoreVersion next) => Become(new Moment(next, Published));

    /// <summary>Holds the newest version and tells the sequence to read it at.</summary>
    /// <remarks>
    /// The two were published together. Another version than that of the sequence could lack what is read at it: an older one rows
    /// that went to a memtable which it does not list, a newer one rows that ended, or whose table was dropped, before it was made.
    /// </remarks>
    public StoreVersion Pin(out SequenceNumber sequence)
    {
        while (true)
        {
            Moment now = Volatile.Read(ref _now);
            if (now.Version.TryAddReference())
            {
                sequence = now.Sequence;
                return now.Version;
            }
        }
    }

    /// <summary>Stops writes for good, and says why to every later one.</summary>
    public void MakeReadOnly(string what, Exception cause)
    {
        HeliosReadOnlyException reason = new(
            options.Path,
            $"The database '{options.Path}' takes no more writes: {what} ({cause.Message}). Reads go on. Close it, see to the disk, and open it again.",
            cause);
        if (Interlocked.CompareExchange(ref _readOnlyCause, reason, null) is null)
        {
            log.BecameReadOnly(options.Path, what, cause);
        }
    }

    /// <summary>Throws where the database takes no more writes.</summary>
    public void ThrowIfReadOnly()
    {
        if (FindReadOnly() is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Gives the exception for a write to a database that takes no more.</summary>
    public HeliosReadOnlyException? FindReadOnly() => _readOnlyCause is { } cause ? new HeliosReadOnlyException(cause.Path, cause.Message, cause.InnerException) : null;

    /// <summary>Makes the exception for something that could not be written, and tells a full disk from other failures.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="writing">What was being written, to follow "while".</param>
    /// <param name="message">The message where the disk is not full.</param>
    public HeliosException FailedWrite(Exception error, string writing, string message) =>
        DiskSpace.IsExhausted(error) ? new HeliosDiskFullException(options.Path, writing, error) : new HeliosException(message, error);

    /// <summary>Takes a table out of the catalog; its segments' files go once the manifest names them no more. Under the commit lock, or while opening; the caller sees to the version.</summary>
    public void DropTable(CatalogTable table)
    {
        foreach (Segment segment in Current[table.Id].Segments)
        {
            LetGo(segment);
        }

        Catalog.Drop(table);
    }

    /// <summary>Takes a segment of a dropped table, whose files go once the manifest names them no more.</summary>
    public void LetGo(Segment segment)
    {
        lock (_dropped)
        {
            if (segment.TryAddReference())
            {
                _dropped.Add(segment);
            }
        }
    }

    /// <summary>Holds the segments of dropped tables, which the manifest may still name and no version lists; under the structure lock.</summary>
    /// <returns>The segments, for the caller to let go.</returns>
    public IReadOnlyList<Segment> HoldDropped()
    {
        lock (_dropped)
        {
            return [.. _dropped.Where(segment => segment.TryAddReference())];
        }
    }

    /// <summary>Lets go of the segments of dropped tables, and of the files of those that the manifest names no more.</summary>
    public void ReleaseDropped(bool isClosing)
    {
        List<Segment> leaving;
        HashSet<SegmentId> named;
        lock (_dropped)
        {
            named = [.. manifest.Current.Segments.Select(segment => segment.Id)];
            leaving = [.. _dropped.Where(segment => isClosing || !named.Contains(segment.Description.Id))];
            _dropped.RemoveAll(leaving.Contains);
        }

        foreach (Segment segment in leaving)
        {
            if (!named.Contains(segment.Description.Id))
            {
                Retire(segment);
            }

            segment.ReleaseReference();
        }
    }

    /// <summary>Commits the manifest and brings memory after it; under the structure lock.</summary>
    /// <remarks>
    /// Where this fails and leaves the manifest broken, nobody knows whether the next state is on the disk: the files that it
    /// names have to stay. Where memory cannot follow, the database takes no more writes, as they would build on another state.
    /// </remarks>
    /// <param name="next">The next state.</param>
    /// <param name="install">Does in memory what the manifest now says.</param>
    public void CommitManifest(ManifestState next, Action install)
    {
        CommitManifest(next);
        try
        {
            install();
        }
        catch (Exception error)
        {
            MakeReadOnly("memory could not be brought to the state of the manifest", error);
            throw;
        }
    }

    /// <summary>Commits the manifest where memory has nothing to follow.</summary>
    public void CommitManifest(ManifestState next)
    {
        try
        {
            // Work that was under way when its table was dropped must not name files of a table that is not there.
            Dictionary<TableId, ManifestTable> tables = next.TablesById();
            ManifestSegment[] segments = [.. next.Segments.Where(segment => tables.ContainsKey(segment.Table))];
            manifest.Commit(next with { NextFileNumber = NextFileNumber, Segments = segments });
        }
        catch (Exception error) when (manifest.IsBroken)
        {
            MakeReadOnly("the manifest could not be made durable", error);
            throw;
        }
    }

    /// <summary>Lists the files of the database; none where the directory cannot be read, and what should go is left to the next opening.</summary>
    public IReadOnlyList<string> TryList()
    {
        try
        {
            return options.Files.List(options.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.FailedToList(options.Path, error);
            return [];
        }
    }

    /// <summary>Deletes a file that nothing names any more, once nobody reads it by name; one that cannot be deleted is left to the next opening.</summary>
    public void TryDelete(string fileName)
    {
        if (!Holds.TryDefer(fileName))
        {
            DeleteNow(fileName);
        }
    }

    /// <summary>Deletes a file that nobody reads by name; one that cannot be deleted is left to the next opening.</summary>
    public void DeleteNow(string fileName)
    {
        try
        {
            options.Files.Delete(PathOf(fileName));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.FailedToDelete(fileName, error);
        }
    }

    /// <summary>Lets a segment go that was replaced; under the structure lock. Its files go with its last reader.</summary>
    public void Retire(Segment segment)
    {
        _retired[segment] = segment.Freed;
        segment.DeleteWhenFree();

        // One whose file could not be deleted stays known: what was in it is still on the disk.
        _ = segment.Freed.ContinueWith(
            freed => freed.Result is null && _retired.TryRemove(segment, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Lists the segments that were replaced and whose files are still there, each by the task that ends when they are gone.</summary>
    public IReadOnlyCollection<Task<Exception?>> RetiredSegments => [.. _retired.Values];

    /// <summary>Deletes every log before one that the manifest needs, whatever else they may be kept for; nobody reads them by name any more.</summary>
    /// <param name="first">The first log that stays.</param>
    /// <exception cref="IOException">One could not be deleted.</exception>
    public void DeleteLogsBefore(ulong first)
    {
        foreach (string name in options.Files.List(options.Path))
        {
            if (FileNames.TryParse(name, out FileKind kind, out ulong number) && kind == FileKind.Log && number < first)
            {
                options.Files.Delete(PathOf(name));
            }
        }

        options.Files.SyncDirectory(options.Path);
    }

    private void Become(Moment next)
    {
        StoreVersion before = _now.Version;
        Volatile.Write(ref _now, next);
        if (before != next.Version)
        {
            before.ReleaseReference();
        }
    }

    /// <summary>Is what readers see: a version, and the commit that it is read at. Immutable, replaced whole.</summary>
    private sealed record Moment(StoreVersion Version, SequenceNumber Sequence);
}
