using Helios.Typed.Engine;
using Helios.Typed.Querying;
using Helios.Typed.Records;

namespace Helios.Typed;

/// <summary>Reads the records of one table at a snapshot.</summary>
internal sealed class HeliosReader<TRecord>(HeliosDatabase database, ITable table) : IHeliosReader<TRecord>, ITable
    where TRecord : IHeliosRecord<TRecord>
{
    /// <inheritdoc/>
    public HeliosDatabase Database => database;

    /// <inheritdoc/>
    public TableDefinition Definition => TRecord.HeliosTable;

    /// <inheritdoc/>
    public async ValueTask<Lookup<TRecord>> FindAsync(HeliosKey key, CancellationToken cancellationToken = default)
    {
        BoundTable bound = await table.BindAsync(cancellationToken).ConfigureAwait(false);
        return bound.TryRead(key, out RowDecoder? row) ? new Lookup<TRecord>(true, RecordReading.Read<TRecord>(row)) : default;
    }

    /// <inheritdoc/>
    public ValueTask<BoundTable> BindAsync(CancellationToken cancellationToken) => table.BindAsync(cancellationToken);
}
