using Microsoft.Extensions.Logging;

namespace Helios.Typed.Telemetry;

/// <summary>Reports backups and checks; event ids 4000 to 4999.</summary>
internal sealed partial class OperationsLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Helios.Typed.Operations");

    [LoggerMessage(4000, LogLevel.Information, "Backed up {Path} to {Target} through commit {Sequence} in {ElapsedMs} ms: {Linked} files linked, {Copied} copied with {Bytes} bytes, {Kept} kept, {Removed} removed")]
    public partial void BackedUp(string path, string target, long sequence, double elapsedMs, int linked, int copied, long bytes, int kept, int removed);
}
