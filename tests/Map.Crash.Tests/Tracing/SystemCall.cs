using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Map.Crash.Tests.Tracing;

/// <summary>A system call that a process made, as strace saw it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">What its descriptor stands for: a path, or a kind of socket.</param>
/// <param name="Bytes">What it writes; empty for others.</param>
/// <param name="Start">The line at which it began.</param>
internal sealed record SystemCall(string Name, string File, byte[] Bytes, int Start)
{
    /// <summary>The line at which it ended.</summary>
    public int End { get; private set; } = int.MaxValue;

    /// <summary>What it answered.</summary>
    public long Result { get; private set; } = -1;

    public bool IsSync => Name is "fdatasync" or "fsync";

    public bool IsSocket => File.StartsWith("UNIX-STREAM", StringComparison.Ordinal);

    public bool IsWriteAheadLog => File.EndsWith(".log", StringComparison.Ordinal) && File.Contains("/spaces/", StringComparison.Ordinal);

    public bool Holds(byte[] bytes) => Bytes.AsSpan().IndexOf(bytes) >= 0;

    public void Finish(int line, string result) => (End, Result) = (line, long.Parse(result, CultureInfo.InvariantCulture));
}

/// <summary>Reads what <c>strace -f -yy -xx</c> wrote: one line for each call, or two when another thread came between.</summary>
internal static partial class Trace
{
    private const string CallNames = "fdatasync|fsync|write|writev|pwrite64|pwritev|sendto|sendmsg";

    /// <summary>The calls to trace.</summary>
    public static string Calls => CallNames.Replace('|', ',');

    public static List<SystemCall> Read(string path)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, SystemCall>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in System.IO.File.ReadLines(path))
        {
            number++;
            if (Resumed().Match(line) is { Success: true } resumed)
            {
                Assert.True(unfinished.Remove(resumed.Groups["thread"].Value, out var begun), line);
                begun.Finish(number, resumed.Groups["result"].Value);
            }
            else if (Begun().Match(line) is { Success: true } match)
            {
                var call = new SystemCall(
                    match.Groups["name"].Value, Text(match.Groups["file"].Value), Bytes(match.Groups["rest"].Value), number);
                calls.Add(call);
                if (Finished().Match(line) is { Success: true } finished) call.Finish(number, finished.Groups["result"].Value);
                else unfinished[match.Groups["thread"].Value] = call;
            }
        }

        return calls;
    }

    /// <summary>All quoted strings one after the other, of a vector as well.</summary>
    private static byte[] Bytes(string arguments) =>
        [.. Quoted().Matches(arguments).SelectMany(
            match => Convert.FromHexString(match.Groups[1].Value.Replace("\\x", "", StringComparison.Ordinal)))];

    private static string Text(string escaped) => Escaped().Replace(
        escaped, match => Encoding.Latin1.GetString(Convert.FromHexString(match.Value.Replace("\\x", "", StringComparison.Ordinal))));

    [GeneratedRegex($"""^(?<thread>\d+) +(?<name>{CallNames})\(\d+<(?<file>[\w-]+:\[.*?\]|[^>]*)>(?<rest>.*)$""")]
    private static partial Regex Begun();

    [GeneratedRegex("""\) += (?<result>-?\d+)[^")]*(\(.*\))?$""")]
    private static partial Regex Finished();

    [GeneratedRegex($"""^(?<thread>\d+) +<\.\.\. ({CallNames}) resumed>.*\) += (?<result>-?\d+)""")]
    private static partial Regex Resumed();

    [GeneratedRegex("\"((?:\\\\x[0-9a-f]{2})*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?:\\x[0-9a-f]{2})+")]
    private static partial Regex Escaped();
}
