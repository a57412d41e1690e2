using Microsoft.Extensions.Logging;

namespace Helios.Typed.Telemetry;

/// <summary>Holds the messages of the hosting room, ids 3000 to 3999.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(3000, LogLevel.Information, "Opened database {Path} in {ElapsedMs} ms")]
    public static partial void Opened(ILogger logger, string path, long elapsedMs);
}
