using System.Globalization;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Encodes the writes of a batch, and says of one that cannot be which it is.</summary>
internal static class BatchEncoding
{
    /// <summary>Encodes a batch; the caller disposes it.</summary>
    /// <typeparam name="TEntry">What a write is to the caller.</typeparam>
    /// <param name="schema">The table.</param>
    /// <param name="entries">The writes, in order.</param>
    /// <param name="encode">Adds one write to the batch, by the encoder where it has a row.</param>
    /// <exception cref="ArgumentException">A write cannot be; the message names its column, and its place where it is one of several.</exception>
    public static RowBatch Encode<TEntry>(TableSchema schema, IReadOnlyList<TEntry> entries, Action<TEntry, RowEncoder, RowBatch> encode)
    {
        RowBatch batch = new(schema);
        int index = 0;
        try
        {
            using RowEncoder encoder = new(schema);
            for (; index < entries.Count; index++)
            {
                encode(entries[index], encoder, batch);
            }

            return batch;
        }
        catch (ArgumentException error) when (entries.Count > 1)
        {
            batch.Dispose();
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Write {index + 1} of {entries.Count} in the batch: {error.Message} Nothing of the batch was written."), error);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }
}
