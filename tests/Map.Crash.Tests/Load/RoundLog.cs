using System.Diagnostics;
using System.Globalization;

namespace Map.Crash.Tests.Load;

/// <summary>
/// A line for each round, in a file beside the test: what ended it, how long each of its parts took, and how it went. A run
/// that stops half-way has so told where.
/// </summary>
internal sealed class RoundLog
{
    private readonly List<string> _lines = [];
    private readonly List<string> _parts = [];
    private string _round = "";
    private string _part = "";
    private long _since;

    /// <param name="name">What the run is known by.</param>
    public RoundLog(string name)
    {
        Path = System.IO.Path.Combine(AppContext.BaseDirectory, "kill-rounds", $"{name}.log");
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        Add($"{DateTime.UtcNow.ToString("u", CultureInfo.InvariantCulture)} {name}");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>All lines of this run.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>A round begins.</summary>
    /// <param name="round">What it is, with what is to end it.</param>
    /// <param name="part">Its first part.</param>
    public void Begin(string round, string part)
    {
        _round = round;
        _parts.Clear();
        Start(part);
    }

    /// <summary>Another part of the round begins.</summary>
    public void Next(string part)
    {
        EndPart();
        Start(part);
    }

    /// <summary>The round has ended.</summary>
    public void End(string outcome)
    {
        EndPart();
        Add($"{_round}: {string.Join(", ", _parts)}: {outcome}");
    }

    private void Start(string part) => (_part, _since) = (part, Stopwatch.GetTimestamp());

    private void EndPart() => _parts.Add(string.Create(
        CultureInfo.InvariantCulture, $"{_part} {Stopwatch.GetElapsedTime(_since).TotalMilliseconds:F0} ms"));

    private void Add(string line)
    {
        _lines.Add(line);
        File.AppendAllText(Path, line + '\n');
    }
}
