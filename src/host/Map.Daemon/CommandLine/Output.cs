using System.CommandLine;
using Google.Protobuf;
using Map.V1;
using Spectre.Console;

namespace Map.Daemon.CommandLine;

/// <summary>Prints answers: for people, or as the JSON form of the message.</summary>
internal static class Output
{
    /// <summary>Prints a message as JSON where that was asked for.</summary>
    /// <returns>Whether it was.</returns>
    public static bool WroteJson(ParseResult result, IMessage message)
    {
        if (!result.GetValue(CommonOptions.Json)) return false;
        Console.WriteLine(new JsonFormatter(JsonFormatter.Settings.Default.WithFormatDefaultValues(true)).Format(message));
        return true;
    }

    public static Table NewTable(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(column);
        return table;
    }

    /// <summary>Columns that are not cut where the output is not a terminal.</summary>
    public static void Write(Table table)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;
        AnsiConsole.Write(table);
    }

    /// <summary>An id as a UUID.</summary>
    public static string Id(ByteString id) => new Guid(id.Span, bigEndian: true).ToString();

    /// <summary>A moment as local time.</summary>
    public static string Moment(Timestamp moment) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(moment.UnixMicros).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss");

    /// <summary>A size for people.</summary>
    public static string Size(ulong bytes) => $"{bytes / (1024.0 * 1024.0):N0} MB";

    /// <summary>Prints errors with their places.</summary>
    public static void WriteErrors(IEnumerable<HolonError> errors)
    {
        foreach (var error in errors)
        {
            var place = error.Details?.Place is { } at ? $"{at.File}:{at.Line}:{at.Column}: " : "";
            Console.Error.WriteLine($"{place}{error.Message}");
        }
    }
}
