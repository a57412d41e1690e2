using System.Globalization;
using Helios.Typed.Records;

namespace Helios.Typed.Engine;

/// <summary>Writes a stream of records in durable batches: while one is synced the next is encoded.</summary>
/// <remarks>
/// Batches are committed in order, one at a time, so that what is durable is always the beginning of the stream. What stops the
/// import is thrown once the batches before it are durable, with their number.
/// </remarks>
/// <typeparam name="TRecord">What a record is to the caller.</typeparam>
internal sealed class BulkImport<TRecord> : IDisposable
{
    private readonly BoundTable _table;
    private readonly ImportOptions _options;
    private readonly IProgress<ImportProgress>? _progress;
    private readonly Action<TRecord, WriteOperation, RowEncoder, RowBatch> _encode;
    private readonly WriteOperation _operation;
    private readonly RowEncoder _encoder;
    private readonly long _started;
    private RowBatch _batch;
    private Task _writing = Task.CompletedTask;
    private long _read;
    private long _durable;
    private long _sequence;

    /// <summary>Prepares an import.</summary>
    /// <param name="table">The table.</param>
    /// <param name="options">How to write, or null for the defaults.</param>
    /// <param name="progress">Is told after each durable batch, or null.</param>
    /// <param name="encode">Adds one record to a batch.</param>
    /// <exception cref="ArgumentException">An option cannot be; the message names each.</exception>
    public BulkImport(BoundTable table, ImportOptions? options, IProgress<ImportProgress>? progress, Action<TRecord, WriteOperation, RowEncoder, RowBatch> encode)
    {
        _options = options ?? new ImportOptions();
        if (string.Join("; ", _options.FindProblems()) is { Length: > 0 } problems)
        {
            throw new ArgumentException($"The import cannot be: {problems}.", nameof(options));
        }

        _table = table;
        _progress = progress;
        _encode = encode;
        _operation = _options.Mode == ImportMode.Insert ? WriteOperation.Insert : WriteOperation.Upsert;
        _encoder = new RowEncoder(table.Handle.Schema);
        _batch = new RowBatch(table.Handle.Schema);
        _started = table.Engine.Clock.GetTimestamp();
    }

    /// <summary>Imports the records.</summary>
    /// <exception cref="HeliosImportException">A record, the source or a commit failed.</exception>
    /// <exception cref="HeliosImportCanceledException">It was cancelled.</exception>
    public async Task<ImportResult> RunAsync(IAsyncEnumerable<TRecord> records, CancellationToken cancellationToken)
    {
        bool isEncoding = false;
        try
        {
            await foreach (TRecord record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                isEncoding = true;
                Add(record);
                isEncoding = false;
                _read++;
                if (_batch.Count >= _options.BatchRows || _batch.OperationBytes >= _options.BatchBytes)
                {
                    await WriteBatchAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            await WriteBatchAsync(cancellationToken).ConfigureAwait(false);
            await _writing.ConfigureAwait(false);
            return new ImportResult(_durable, Elapsed, _sequence);
        }
        catch (OperationCanceledException error) when (cancellationToken.IsCancellationRequested)
        {
            await TrySettleAsync(writesRest: false).ConfigureAwait(false);
            throw new HeliosImportCanceledException(_durable, error, cancellationToken);
        }
        catch (Exception error) when (error is not (ObjectDisposedException or OutOfMemoryException))
        {
            bool commitFailed = _writing.IsFaulted;
            await TrySettleAsync(writesRest: !commitFailed).ConfigureAwait(false);
            throw Describe(error, isEncoding, commitFailed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _encoder.Dispose();
    }

    private TimeSpan Elapsed => _table.Engine.Clock.GetElapsedTime(_started);

    private void Add(TRecord record)
    {
        if (record is null)
        {
            throw new ArgumentException("The record is null.");
        }

        _encode(record, _operation, _encoder, _batch);
    }

    private async Task WriteBatchAsync(CancellationToken cancellationToken)
    {
        await _writing.ConfigureAwait(false);
        if (_batch.Count > 0)
        {
            RowBatch full = _batch;
            _batch = new RowBatch(_table.Handle.Schema);
            _writing = WriteAsync(full, cancellationToken);
        }
    }

    private async Task WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        using (batch)
        {
            int rows = batch.Count;
            WriteResult written = await _table.Engine.CommitAsync(_table.Handle, batch, cancellationToken).ConfigureAwait(false);

            // Whatever level the database has: what an import calls durable is.
            await _table.Engine.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            _durable += rows;
            _sequence = written.Sequence;
        }

        Report();
    }

    // The caller is told where to go on, so that what was read and can be kept is kept first.
    private async Task TrySettleAsync(bool writesRest)
    {
        try
        {
            await _writing.ConfigureAwait(false);
            if (writesRest)
            {
                await WriteBatchAsync(CancellationToken.None).ConfigureAwait(false);
                await _writing.ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is HeliosException or OperationCanceledException or ObjectDisposedException)
        {
            // What stopped the import is thrown; how far it came is known.
        }
    }

    private HeliosImportException Describe(Exception error, bool isEncoding, bool commitFailed)
    {
        string table = _table.Handle.Schema.Stored.Name;
        string what = isEncoding ? $"record {_read + 1} cannot be stored: {error.Message}"
            : commitFailed ? error.Message
            : $"the source of the records failed after {_read} of them: {error.Message}";
        return new HeliosImportException(
            string.Create(CultureInfo.InvariantCulture, $"The import to table '{table}' stopped: {what} The first {_durable} records are durable: mend the cause, and import the ones after them."),
            _durable,
            isEncoding ? _read : null,
            error);
    }

    private void Report()
    {
        if (_progress is null)
        {
            return;
        }

        TimeSpan elapsed = Elapsed;
        double rate = elapsed > TimeSpan.Zero ? _durable / elapsed.TotalSeconds : 0;
        TimeSpan? remaining = _options.TotalRows is { } total && rate > 0 ? TimeSpan.FromSeconds(Math.Max(0, total - _durable) / rate) : null;
        _progress.Report(new ImportProgress(_durable, rate, elapsed, _options.TotalRows, remaining));
    }
}
