using Microsoft.Extensions.Logging;

namespace Helios.Typed.Tests.Engine;

/// <summary>Makes loggers that throw at the messages that begin as given.</summary>
internal sealed class ThrowingLoggers : ILoggerFactory, ILogger
{
    public string ThrowsAt { get; set; } = "Opened";

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception).StartsWith(ThrowsAt, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The logger is broken.");
        }
    }

    public void Dispose()
    {
    }
}
