using System.Diagnostics.CodeAnalysis;
using Helios.Typed.Records;
using Helios.Typed.Telemetry;

namespace Helios.Typed.Engine;

/// <summary>Is a table of an open database, seen from outside, from within a transaction, or at a snapshot.</summary>
/// <param name="engine">The engine that runs the database.</param>
/// <param name="handle">The table.</param>
internal abstract class BoundTable(DatabaseEngine engine, TableHandle handle)
{
    /// <summary>Gets the engine that runs the database.</summary>
    public DatabaseEngine Engine => engine;

    /// <summary>Gets the table.</summary>
    public TableHandle Handle => handle;

    /// <summary>Gets the table as declared and as stored.</summary>
    public TableSchema Schema => handle.Schema;

    /// <summary>Opens the table for reading; the caller disposes what it gets.</summary>
    /// <param name="keys">The ordered bytes of the only keys that the reader will look at, or null where it may look at any row.</param>
    public abstract TableSnapshot OpenSnapshot(IReadOnlyList<byte[]>? keys);

    /// <summary>Writes a batch, all of it or nothing.</summary>
    /// <param name="batch">The writes, in order; disposed here.</param>
    /// <param name="cancellationToken">Stops the wait while the batch is not yet being written.</param>
    public abstract ValueTask<WriteResult> WriteAsync(RowBatch batch, CancellationToken cancellationToken);

    /// <summary>Deletes the rows that match, all of them or none.</summary>
    /// <param name="filter">Which rows, or null for all.</param>
    /// <param name="keys">The ordered bytes of the only keys that can match, or null where any can.</param>
    /// <param name="cancellationToken">Stops it while nothing is being written.</param>
    /// <returns>How many there were.</returns>
    public abstract ValueTask<int> DeleteAsync(RowFilter? filter, IReadOnlyList<byte[]>? keys, CancellationToken cancellationToken);

    /// <summary>Reads the row of a key.</summary>
    /// <exception cref="ArgumentException">The key is not of the table's type.</exception>
    public bool TryRead(HeliosKey key, [NotNullWhen(true)] out RowDecoder? row)
    {
        long started = HeliosMeter.Queries.Enabled ? engine.Clock.GetTimestamp() : 0;
        bool isFound = TryFind(key, out row);
        if (started != 0)
        {
            engine.Meter.Queried("get", Schema.Declared.Name, engine.Clock.GetElapsedTime(started));
        }

        return isFound;
    }

    private bool TryFind(HeliosKey key, [NotNullWhen(true)] out RowDecoder? row)
    {
        Schema.RequireKey(key);
        byte[] bytes = KeyCodec.Encode(key);
        using TableSnapshot snapshot = OpenSnapshot([bytes]);
        if (!snapshot.TryFind(bytes, out RowLocation location))
        {
            row = null;
            return false;
        }

        using RowCursor cursor = snapshot.Sources[location.Source].OpenCursor(Schema);
        cursor.MoveTo(location.Ordinal);
        row = cursor.Decode();
        return true;
    }
}

/// <summary>Is a table as committed: each reading sees the newest state, each batch is a commit of its own.</summary>
internal sealed class CommittedTable(DatabaseEngine engine, TableHandle handle) : BoundTable(engine, handle)
{
    /// <inheritdoc/>
    public override TableSnapshot OpenSnapshot(IReadOnlyList<byte[]>? keys) => Engine.OpenSnapshot(Handle);

    /// <inheritdoc/>
    public override async ValueTask<WriteResult> WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        using (batch)
        {
            return await Engine.CommitAsync(Handle, batch, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> DeleteAsync(RowFilter? filter, IReadOnlyList<byte[]>? keys, CancellationToken cancellationToken) =>
        Engine.DeleteAsync(Handle, filter, keys, cancellationToken);
}

/// <summary>Is a table within a transaction.</summary>
internal sealed class TransactedTable(DatabaseEngine engine, TableHandle handle, EngineTransaction transaction) : BoundTable(engine, handle)
{
    /// <inheritdoc/>
    public override TableSnapshot OpenSnapshot(IReadOnlyList<byte[]>? keys)
    {
        Engine.ThrowIfDisposed();
        return transaction.OpenSnapshot(Handle, keys);
    }

    /// <inheritdoc/>
    public override ValueTask<WriteResult> WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            batch.Dispose();
            return ValueTask.FromCanceled<WriteResult>(cancellationToken);
        }

        return new ValueTask<WriteResult>(Engine.Write(transaction, Handle, batch));
    }

    /// <inheritdoc/>
    public override ValueTask<int> DeleteAsync(RowFilter? filter, IReadOnlyList<byte[]>? keys, CancellationToken cancellationToken)
    {
        DeletionScan scan = new(Handle, filter, keys);
        using TableSnapshot snapshot = OpenSnapshot(keys);
        scan.Advance(snapshot.Sources, snapshot.Sequence, cancellationToken);
        return new ValueTask<int>(Engine.Write(transaction, Handle, scan.MakeBatch(snapshot.Sources)).Deleted);
    }
}

/// <summary>Is a table at a snapshot.</summary>
internal sealed class PinnedTable(DatabaseEngine engine, TableHandle handle, EngineSnapshot snapshot) : BoundTable(engine, handle)
{
    /// <inheritdoc/>
    public override TableSnapshot OpenSnapshot(IReadOnlyList<byte[]>? keys)
    {
        Engine.ThrowIfDisposed();
        return snapshot.OpenTable(Handle);
    }

    /// <inheritdoc/>
    public override ValueTask<WriteResult> WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        batch.Dispose();
        throw ForReading();
    }

    /// <inheritdoc/>
    public override ValueTask<int> DeleteAsync(RowFilter? filter, IReadOnlyList<byte[]>? keys, CancellationToken cancellationToken) => throw ForReading();

    private InvalidOperationException ForReading() =>
        new($"A snapshot is for reading, and cannot change table '{Schema.Declared.Name}'. Write through the database or in a transaction.");
}
