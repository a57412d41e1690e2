using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Helios.Typed.Tests.Engine;

/// <summary>Makes loggers that keep what they are told.</summary>
internal sealed class CollectingLoggers : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Message)> _events = new();

    public IReadOnlyCollection<string> Messages => [.. _events.Select(one => one.Message)];

    /// <summary>Counts what was told under the number of an event.</summary>
    public int Count(int id) => _events.Count(one => one.Id == id);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
