using Helios.Typed.Engine;
using Helios.Typed.Records;

namespace Helios.Typed.Querying;

/// <summary>Joins queries over rows to stores and record types.</summary>
internal static class RecordReading
{
    /// <summary>Gives the table behind a store.</summary>
    /// <exception cref="InvalidOperationException">The store is not one of an open database.</exception>
    public static ValueTask<BoundTable> BindAsync<TRecord>(IHeliosReader<TRecord> store, CancellationToken cancellationToken)
        where TRecord : IHeliosRecord<TRecord> => store is ITable table
            ? table.BindAsync(cancellationToken)
            : throw new InvalidOperationException(
                $"A query runs on a store of a HeliosDatabase, and {store.GetType()} is not one. Get it from HeliosDatabase.Store<{typeof(TRecord).Name}>() or from AddHeliosStore.");

    /// <summary>Makes a record of a row.</summary>
    public static TRecord Read<TRecord>(RowDecoder row)
        where TRecord : IHeliosRecord<TRecord>
    {
        RowReader reader = new(row);
        return TRecord.ReadHeliosRow(ref reader);
    }
}
