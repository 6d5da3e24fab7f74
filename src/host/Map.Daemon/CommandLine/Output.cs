using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>Prints answers: for people, or as the JSON form of the message.</summary>
internal static class Output
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>Prints a message as JSON where that was asked for.</summary>
    /// <returns>Whether it was.</returns>
    public static bool WroteJson(ParseResult result, IMessage message)
    {
        if (!result.GetValue(CommonOptions.Json)) return false;
        Console.WriteLine(Json.Format(message));
        return true;
    }

    /// <summary>A list of messages as JSON, for use in a larger object.</summary>
    public static JsonArray ToJson(IEnumerable<IMessage> messages) =>
        new([.. messages.Select(message => JsonNode.Parse(Json.Format(message)))]);

    /// <summary>Prints JSON where that was asked for.</summary>
    /// <returns>Whether it was.</returns>
    public static bool WroteJson(ParseResult result, JsonObject content)
    {
        if (!result.GetValue(CommonOptions.Json)) return false;
        Console.WriteLine(content.ToJsonString());
        return true;
    }

    /// <summary>Prints a failure: to standard error for people, and as JSON where that was asked for.</summary>
    /// <returns>The exit code given.</returns>
    public static int Fail(ParseResult result, int exitCode, HolonError error) =>
        Fail(result, exitCode, error.Message, new MapResponse { Errors = { error } });

    /// <summary>Prints a failure: to standard error for people, and as JSON where that was asked for.</summary>
    /// <returns>The exit code given.</returns>
    public static int Fail(ParseResult result, int exitCode, string message) =>
        Fail(result, exitCode, new HolonError { Message = message });

    /// <summary>Prints a failure with all its errors.</summary>
    /// <param name="result">Tells whether JSON was asked for.</param>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="message">All of it in a line, for people.</param>
    /// <param name="response">All of it, for programs.</param>
    /// <returns>The exit code given.</returns>
    public static int Fail(ParseResult result, int exitCode, string message, MapResponse response)
    {
        Console.Error.WriteLine($"map-daemon: {Printable(message)}");
        WroteJson(result, response);
        return exitCode;
    }

    /// <summary>Prints names with their values.</summary>
    public static void WritePairs(params IReadOnlyList<(string Name, string Value)> pairs)
    {
        var width = pairs.Max(pair => pair.Name.Length);
        foreach (var (name, value) in pairs) Console.WriteLine($"{name.PadRight(width)}  {Printable(value)}");
    }

    /// <summary>Prints rows under headers. Nothing is cut, so that the output may be piped.</summary>
    public static void WriteTable(string[] headers, IReadOnlyList<string[]> rows)
    {
        string[][] lines = [headers, .. rows];
        var widths = headers.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            Console.WriteLine(Printable(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    /// <summary>An id as a UUID.</summary>
    public static string Id(ByteString id) => new Guid(id.Span, bigEndian: true).ToString();

    /// <summary>A moment as local time.</summary>
    public static string Moment(Timestamp moment) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(moment.UnixMicros).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss");

    /// <summary>A size for people.</summary>
    public static string Size(ulong bytes) =>
        bytes < 1 << 20 ? $"{Math.Ceiling(bytes / 1024.0):N0} kB" : $"{bytes / (1024.0 * 1024.0):N0} MB";

    /// <summary>Text as a shell takes it for one word.</summary>
    public static string ShellWord(string text) =>
        text.Length > 0 && text.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ',') ? text : $"'{text.Replace("'", "'\\''")}'";

    /// <summary>A number of things.</summary>
    public static string Count(long number, string one, string many) => $"{number:N0} {(number == 1 ? one : many)}";

    /// <summary>Prints errors or warnings with their places, as compilers do.</summary>
    public static void WriteFindings(IEnumerable<HolonError> findings, string severity = "")
    {
        foreach (var finding in findings)
        {
            var place = finding.Details?.Place is { } at ? $"{at.File}:{at.Line}:{at.Column}: " : "";
            Console.Error.WriteLine(Printable($"{place}{severity}{finding.Message}"));
        }
    }

    /// <summary>Names and keys come from files; none of them is to steer a terminal.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '\uFFFD' : c)) : text;
}
