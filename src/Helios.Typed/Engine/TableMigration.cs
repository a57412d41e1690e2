using Helios.Typed.Records;
using Helios.Typed.Schema;

namespace Helios.Typed.Engine;

/// <summary>Copies the rows of one table, converted, to a new one, which takes its name in one commit.</summary>
/// <remarks>
/// 1. The old table takes no more writes. 2. What an interrupted migration left is dropped. 3. Rows are copied, in durable
/// batches, to a table under a name that no declaration can have. 4. They are counted. 5. One durable commit drops or renames the
/// old table and renames the new one. Before 5 the old table is whole and in place; a crash leaves a table for 2.
/// </remarks>
/// <param name="engine">The engine.</param>
/// <param name="writes">Its write path.</param>
/// <param name="from">The old table, as its record declares it.</param>
/// <param name="to">The new table, as its record declares it.</param>
/// <param name="options">What becomes of the old table.</param>
internal sealed class TableMigration(DatabaseEngine engine, WritePath writes, TableShape from, TableShape to, MigrationOptions options)
{
    private long _leftOut;
    private bool _hasBegun;
    private CatalogTable? _work;

    private bool IsSameName => IsSame(from.Name, to.Name);

    private string WorkName => WorkTable.NameFor(to.Name);

    /// <summary>Runs the migration.</summary>
    /// <typeparam name="TOld">The old record type.</typeparam>
    /// <typeparam name="TNew">The new record type.</typeparam>
    /// <param name="read">Makes an old record of a row.</param>
    /// <param name="convert">Makes a new record of an old one, or gives null to leave it out.</param>
    /// <param name="encode">Adds a new record to a batch.</param>
    /// <param name="progress">Is told after each durable batch, or null.</param>
    /// <param name="cancellationToken">Stops the migration before it switches.</param>
    public async Task<MigrationResult> RunAsync<TOld, TNew>(
        Func<RowDecoder, TOld> read,
        Func<TOld, TNew?> convert,
        Action<TNew, WriteOperation, RowEncoder, RowBatch> encode,
        IProgress<MigrationProgress>? progress,
        CancellationToken cancellationToken)
    {
        long started = engine.Clock.GetTimestamp();
        TableHandle source = engine.Bind(from);
        try
        {
            Begin(source.Table);
            return await RunAsync(source, read, convert, encode, progress, started, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (_hasBegun)
            {
                source.Table.Refusal = null;
                writes.RunningMigrations.TryRemove(WorkName, out _);
            }
        }
    }

    private static bool IsSame(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private async Task<MigrationResult> RunAsync<TOld, TNew>(
        TableHandle source,
        Func<RowDecoder, TOld> read,
        Func<TOld, TNew?> convert,
        Action<TNew, WriteOperation, RowEncoder, RowBatch> encode,
        IProgress<MigrationProgress>? progress,
        long started,
        CancellationToken cancellationToken)
    {
        try
        {
            TableHandle target = engine.Bind(to with { Name = WorkName, FormerNames = [] });
            _work = target.Table;
            long total = Count(source, cancellationToken);
            ImportOptions import = new() { Mode = ImportMode.Insert, TotalRows = total };
            IProgress<ImportProgress>? told = progress is null ? null : new Retold(progress, total);
            using BulkImport<TNew> copy = new(new CommittedTable(engine, target), import, told, encode);
            ImportResult copied = await copy.RunAsync(Convert(source, read, convert, cancellationToken).ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
            if (copied.Imported + _leftOut != total || Count(target, cancellationToken) != copied.Imported)
            {
                throw new HeliosException($"of {total} records {copied.Imported} were copied and {_leftOut} left out, and the new table holds {Count(target, cancellationToken)}");
            }

            writes.CommitChanges(catalog => PlanSwitch(catalog, source.Table, target.Table));
            return new MigrationResult(copied.Imported, _leftOut, engine.Clock.GetElapsedTime(started));
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            DropWork();
            throw Describe(error);
        }
    }

    private void Begin(CatalogTable source) => writes.CommitChanges(catalog =>
    {
        if (source.Logged is null)
        {
            throw new HeliosSchemaException(from.Name, $"There is no table '{from.Name}' to migrate. Check the name that the old record's [Table] gives.");
        }

        source.ThrowIfRefusing();
        RequireNames(catalog, source);
        if (!writes.RunningMigrations.TryAdd(WorkName, source))
        {
            throw new HeliosSchemaException(to.Name, $"Another migration to table '{to.Name}' is running. Await it, and see whether this one is still wanted; nothing was changed.");
        }

        _hasBegun = true;
        source.Refusal = $"its records are being migrated to table '{to.Name}'; write when that is done";
        return catalog.Find(WorkName) is { } leftover ? [new CatalogChange(leftover, null)] : [];
    });

    private void RequireNames(Catalog catalog, CatalogTable source)
    {
        RequireFree(catalog, to.Name, source);
        if (options.KeepOldAs is { } kept)
        {
            RequireFree(catalog, kept, source);
        }
    }

    private void RequireFree(Catalog catalog, string name, CatalogTable source)
    {
        if (catalog.FindStored(name) is { } other && (other != source || (options.KeepOldAs is { } kept && IsSame(kept, name))))
        {
            throw new HeliosSchemaException(name, $"Table '{name}' is there already. Drop it with DropTableAsync, or give another name; nothing was changed.");
        }
    }

    private IReadOnlyList<CatalogChange> PlanSwitch(Catalog catalog, CatalogTable source, CatalogTable target)
    {
        // Names may have been taken, and tables dropped, while the rows were copied.
        RequireNames(catalog, source);
        if (source.IsDropped || target.IsDropped)
        {
            throw new HeliosException($"table '{(source.IsDropped ? source : target).Shape.Name}' was dropped while the records were copied.");
        }

        CatalogChange taken = new(target, target.Shape with { Name = to.Name });
        return options.KeepOldAs is { } kept ? [new CatalogChange(source, source.Shape with { Name = kept }), taken]
            : IsSameName || options.DropOld ? [new CatalogChange(source, null), taken]
            : [taken];
    }

    private void DropWork()
    {
        try
        {
            writes.CommitChanges(_ => _work is { IsDropped: false } work ? [new CatalogChange(work, null)] : []);
        }
        catch (Exception error) when (error is HeliosException or ObjectDisposedException)
        {
            // The next migration drops it.
        }
    }

    private Exception Describe(Exception error)
    {
        if (error is OperationCanceledException or HeliosSchemaException)
        {
            return error;
        }

        Exception cause = error is HeliosImportException { InnerException: { } inner } ? inner : error;
        return new HeliosException($"The migration of table '{from.Name}' to '{to.Name}' stopped: {cause.Message} Table '{from.Name}' is as it was; mend the cause, and migrate again.", cause);
    }

    private long Count(TableHandle table, CancellationToken cancellationToken)
    {
        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        long count = 0;
        foreach (RowSource source in snapshot.Sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int ordinal = 0; ordinal < source.RowCount; ordinal++)
            {
                count += source.IsVisible(ordinal, snapshot.Sequence) ? 1 : 0;
            }
        }

        return count;
    }

    private IEnumerable<TNew> Convert<TOld, TNew>(TableHandle table, Func<RowDecoder, TOld> read, Func<TOld, TNew?> convert, CancellationToken cancellationToken)
    {
        using TableSnapshot snapshot = engine.OpenSnapshot(table);
        foreach (RowSource source in snapshot.Sources)
        {
            using RowCursor cursor = source.OpenCursor(snapshot.Schema);
            int count = source.RowCount;
            for (int ordinal = 0; ordinal < count; ordinal++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!source.IsVisible(ordinal, snapshot.Sequence))
                {
                    continue;
                }

                cursor.MoveTo(ordinal);
                if (convert(read(cursor.Decode())) is { } converted)
                {
                    yield return converted;
                }
                else
                {
                    _leftOut++;
                }
            }
        }
    }

    private sealed class Retold(IProgress<MigrationProgress> progress, long total) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) =>
            progress.Report(new MigrationProgress(value.Rows, total, value.RowsPerSecond, value.Elapsed, value.Remaining));
    }
}
