using System.Collections.Concurrent;
using Map.Guests.Running;
using Microsoft.Extensions.Logging;

namespace Map.Guests.Tests;

/// <summary>A log that keeps its lines.</summary>
internal sealed class LogLines : ILogger<GuestRunner>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _lines = [];

    public IReadOnlyList<(LogLevel Level, string Message)> All => [.. _lines];

    /// <summary>Tells of each line.</summary>
    public event Action? Added;

    /// <summary>Forgets the lines so far.</summary>
    public void Clear() => _lines.Clear();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((logLevel, formatter(state, exception)));
        Added?.Invoke();
    }
}
