using Helios.Typed.Engine;
using Helios.Typed.Schema;

namespace Helios.Typed;

/// <content>Changes tables themselves.</content>
public sealed partial class HeliosDatabase
{
    /// <summary>Copies the records of one table, converted, to another, for changes that a stored table cannot take.</summary>
    /// <remarks>
    /// The tables may have one name: the new one takes it, in one commit, when every record is copied. Until then the old table is
    /// whole and can be read; it takes no writes while the migration runs. One that is interrupted has changed nothing, and begins
    /// anew. Keys may change; two records of one key stop the migration.
    /// </remarks>
    /// <typeparam name="TOld">The record type that the old table was written with.</typeparam>
    /// <typeparam name="TNew">The record type of the new table.</typeparam>
    /// <param name="convert">Makes a new record of an old one, or gives null to leave it out.</param>
    /// <param name="progress">Is told after each durable batch, or null.</param>
    /// <param name="options">What becomes of the old table, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the migration; nothing is changed.</param>
    /// <exception cref="HeliosSchemaException">There is no old table or it does not fit its record, or the new one is there already.</exception>
    /// <exception cref="HeliosException">A record could not be converted or stored; the old table is as it was.</exception>
    public async Task<MigrationResult> MigrateAsync<TOld, TNew>(
        Func<TOld, TNew?> convert,
        IProgress<MigrationProgress>? progress = null,
        MigrationOptions? options = null,
        CancellationToken cancellationToken = default)
        where TOld : IHeliosRecord<TOld>
        where TNew : IHeliosRecord<TNew>
    {
        ArgumentNullException.ThrowIfNull(convert);
        options ??= new MigrationOptions();
        if (options.KeepOldAs is { } kept)
        {
            TableDefinitionBuilder.RequireIdentifier(kept, nameof(options));
        }

        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        TableShape from = TOld.HeliosTable.Shape;
        TableShape to = TNew.HeliosTable.Shape;
        MigrationResult result = await engine.Migrate(from, to, options)
            .RunAsync(HeliosStore<TOld>.Read, convert, HeliosStore<TNew>.EncodeImported, progress, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Drops a table with all its rows, durably.</summary>
    /// <remarks>Its files go with the next flush, once the last reader has gone. Stores of it begin an empty table with their next write.</remarks>
    /// <param name="name">The table's name.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not one that a table can be declared by.</exception>
    public async Task<bool> DropTableAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        TableDefinitionBuilder.RequireIdentifier(name, nameof(name));
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        return await engine.DropTableAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops a column that is stored and no longer declared, durably.</summary>
    /// <remarks>
    /// A column that a record no longer declares is kept until this is called, so that nothing is lost by accident. Its values
    /// leave the disk as its rows are flushed and merged.
    /// </remarks>
    /// <param name="table">The table's name.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="cancellationToken">Stops the wait, not the work.</param>
    /// <exception cref="HeliosSchemaException">There is no such table or column, it is the key, or code of this process declares it.</exception>
    public async Task DropColumnAsync(string table, string column, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(column);
        DatabaseEngine engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
        await engine.DropColumnAsync(table, column, cancellationToken).ConfigureAwait(false);
    }
}
