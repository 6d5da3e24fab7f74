using Microsoft.Extensions.Logging;

namespace Map.Guests.Abi;

/// <summary>The log lines of one call of a guest. Beyond a number they are dropped, which is logged once.</summary>
/// <param name="logger">The daemon's log.</param>
/// <param name="module">The name of the guest's module.</param>
/// <param name="name">The dance or the validator.</param>
internal sealed class GuestLines(ILogger logger, string module, string name)
{
    private const int MostLines = 1_000;
    private static readonly LogLevel[] Levels = [LogLevel.Debug, LogLevel.Information, LogLevel.Warning];

    private int _lines;

    /// <summary>Writes a line.</summary>
    /// <exception cref="AbiException">There is no such level.</exception>
    public void Write(int level, string message)
    {
        if ((uint)level >= (uint)Levels.Length) throw new AbiException(AbiResult.BadArgument);
        var at = Levels[level];
        _lines++;
        if (_lines > MostLines + 1 || !logger.IsEnabled(at)) return;
        var line = OneLine(message);
        if (_lines <= MostLines) GuestLog.Line(logger, at, module, name, line);
        else GuestLog.LinesDropped(logger, module, name, MostLines);
    }

    /// <summary>Without what could pass for lines of the log's own.</summary>
    private static string OneLine(string message) => string.Create(message.Length, message, static (line, text) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
    });
}
