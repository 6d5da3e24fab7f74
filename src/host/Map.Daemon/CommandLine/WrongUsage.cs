using System.CommandLine;
using System.CommandLine.Parsing;

namespace Map.Daemon.CommandLine;

/// <summary>Tells what is wrong with a command line, in a line each, with the nearest right word.</summary>
internal static class WrongUsage
{
    /// <summary>What is wrong; empty when nothing is, or when only a subcommand is missing.</summary>
    public static IReadOnlyList<string> Find(ParseResult result, string[] args)
    {
        var command = result.CommandResult.Command;
        // A mistyped option is an argument to the parser, and would become the name of a space.
        var options = args.TakeWhile(arg => arg != "--").Where(arg => arg.StartsWith('-') && arg.Length > 1).ToHashSet();
        var arguments = result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens);
        var unknown = arguments.Select(token => token.Value).Concat(result.UnmatchedTokens).Where(options.Contains).ToArray();
        if (unknown.Length > 0)
            return [.. unknown.Select(option => $"unknown option '{option}'.{Suggest(option, OptionsOf(result))}")];
        // One with arguments of its own does something without a subcommand.
        if (command.Subcommands.Count > 0 && command.Arguments.Count == 0)
        {
            var commands = command.Subcommands.Select(sub => sub.Name).ToArray();
            return result.UnmatchedTokens.Count == 0
                ? []
                : [$"unknown command '{result.UnmatchedTokens[0]}'.{Suggest(result.UnmatchedTokens[0], commands)}"];
        }

        return result.UnmatchedTokens.Count > 0
            ? [.. result.UnmatchedTokens.Select(token => $"unexpected argument '{token}'.")]
            : [.. result.Errors.Select(error => error.Message).Distinct()];
    }

    /// <summary>Prints it.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(ParseResult result, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems) Console.Error.WriteLine($"map-daemon: {problem}");
        var path = string.Join(' ', Path(result.CommandResult).Select(command => command.Command.Name).Skip(1));
        Console.Error.WriteLine($"See: map-daemon {(path.Length > 0 ? path + " " : "")}--help");
        return ExitCodes.Usage;
    }

    /// <summary>The commands from the root to this one.</summary>
    private static IEnumerable<CommandResult> Path(CommandResult command) =>
        command.Parent is CommandResult parent ? Path(parent).Append(command) : [command];

    private static string[] OptionsOf(ParseResult result) =>
        [.. Path(result.CommandResult)
            .SelectMany(command => command.Command.Options.Where(option => option.Recursive || command == result.CommandResult))
            .Select(option => option.Name)
            .Distinct()];

    private static string Suggest(string word, string[] candidates)
    {
        var nearest = candidates.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= Math.Max(2, nearest.Length / 3)
            ? $" Did you mean '{nearest}'?"
            : $" There are: {string.Join(", ", candidates)}.";
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string x, string y)
    {
        var row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (var i = 1; i <= x.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var replaced = diagonal + (x[i - 1] == y[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
