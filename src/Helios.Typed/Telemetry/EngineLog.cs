using Microsoft.Extensions.Logging;

namespace Helios.Typed.Telemetry;

/// <summary>Reports what the engine did; event ids 1000 to 1999.</summary>
internal sealed partial class EngineLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Helios.Typed.Engine");

    [LoggerMessage(1000, LogLevel.Information, "Opened {Path} in {ElapsedMs} ms: {Tables} tables, {Segments} segments; replayed {Commits} commits with {Rows} rows from {Logs} logs, cut {CutBytes} bytes of a torn tail, removed {Files} leftover files")]
    public partial void Opened(string path, double elapsedMs, int tables, int segments, long commits, long rows, int logs, long cutBytes, int files);

    [LoggerMessage(1001, LogLevel.Information, "Closed {Path}")]
    public partial void Closed(string path);

    [LoggerMessage(1002, LogLevel.Critical, "Stopped taking writes to {Path}: {Reason}")]
    public partial void BecameReadOnly(string path, string reason, Exception cause);

    [LoggerMessage(1003, LogLevel.Warning, "Released a snapshot of table {Table} that was never disposed")]
    public partial void ReleasedAbandonedSnapshot(string table);

    [LoggerMessage(1004, LogLevel.Warning, "Failed to delete {File}; it will be tried again when the database is opened")]
    public partial void FailedToDelete(string file, Exception cause);

    [LoggerMessage(1006, LogLevel.Warning, "Cut a torn tail of {Bytes} bytes off {File} at byte {Offset}; an interrupted write had left it")]
    public partial void CutTornTail(string file, long offset, long bytes);

    [LoggerMessage(1007, LogLevel.Error, "Salvage did without a part of {File}, damaged at byte {Offset}, which is kept as {Kept}: {What}")]
    public partial void Lost(string file, long offset, string? kept, string what);

    [LoggerMessage(1005, LogLevel.Warning, "Failed to list the files of {Path}; those that nothing needs will go when the database is opened")]
    public partial void FailedToList(string path, Exception cause);

    [LoggerMessage(1008, LogLevel.Warning, "Rolled back a transaction of {Batches} batches that was neither committed nor disposed")]
    public partial void RolledBackAbandonedTransaction(int batches);

    [LoggerMessage(1010, LogLevel.Error, "Failed to write {Commits} commits to log {Log}; they were refused")]
    public partial void FailedToAppend(int commits, ulong log, Exception cause);

    [LoggerMessage(1011, LogLevel.Error, "Failed to start a new log; writes go on in log {Log}")]
    public partial void FailedToRotate(ulong log, Exception cause);

    [LoggerMessage(1020, LogLevel.Information, "Flushed {Rows} rows of {Tables} tables through commit {Sequence} in {ElapsedMs} ms: {Bytes} bytes")]
    public partial void Flushed(long rows, int tables, ulong sequence, double elapsedMs, long bytes);

    [LoggerMessage(1021, LogLevel.Error, "Failed to flush; the rows stay in memory and in the log, and it will be tried again")]
    public partial void FailedToFlush(Exception cause);

    [LoggerMessage(1022, LogLevel.Warning, "Writers wait until memory is flushed: {Waiting} sealed sets of memtables wait for that, and {Limit} may")]
    public partial void StalledWrites(int waiting, int limit);

    [LoggerMessage(1030, LogLevel.Information, "Merged {Segments} segments of table {Table} into one of {Rows} rows in {ElapsedMs} ms: {Bytes} bytes")]
    public partial void Merged(int segments, string table, long rows, double elapsedMs, long bytes);

    [LoggerMessage(1031, LogLevel.Error, "Failed to merge segments of table {Table}; they stay as they are")]
    public partial void FailedToMerge(string table, Exception cause);

    [LoggerMessage(1032, LogLevel.Information, "Purged deleted data: rewrote {Segments} segments without {Rows} rows, freed {Bytes} bytes")]
    public partial void Purged(int segments, long rows, long bytes);

    [LoggerMessage(1040, LogLevel.Information, "Built the graph of column {Column} of table {Table} over {Rows} rows of segment {Segment} in {ElapsedMs} ms")]
    public partial void BuiltGraph(string column, string table, long rows, string segment, double elapsedMs);

    [LoggerMessage(1041, LogLevel.Error, "Failed to index table {Table}; its rows are scanned until it is tried again")]
    public partial void FailedToIndex(string table, Exception cause);

    [LoggerMessage(1042, LogLevel.Error, "Found a damaged graph; its rows are scanned until it is built anew")]
    public partial void FoundDamagedGraph(Exception cause);

    [LoggerMessage(1060, LogLevel.Warning, "Kept columns {Columns} of table {Table}, which are stored and not declared; they are not read, and DropColumnAsync lets them go")]
    public partial void LeftUndeclared(string table, string columns);
}
