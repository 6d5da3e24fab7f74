using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Map.Daemon.CommandLine;

/// <summary>The help of a command, with examples at its end.</summary>
/// <param name="help">Prints the rest.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, string> Examples = [];

    /// <summary>Help is for wrong command lines too.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command its examples, one a line.</summary>
    public static void Add(Command command, string examples) => Examples.AddOrUpdate(command, examples);

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (!Examples.TryGetValue(parseResult.CommandResult.Command, out var examples)) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n'))
            output.WriteLine(line.StartsWith("map-daemon", StringComparison.Ordinal) ? $"  {line}" : line);
        output.WriteLine();
        return code;
    }
}
