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
            return [.. unknown.Select(option => $"unknown option '{option}'.{NearestWord.Suggest(option, OptionsOf(result))}")];
        // One with arguments of its own does something without a subcommand.
        if (command.Subcommands.Count > 0 && command.Arguments.Count == 0)
        {
            var commands = command.Subcommands.Select(sub => sub.Name).ToArray();
            return result.UnmatchedTokens.Count == 0
                ? []
                : [$"unknown command '{result.UnmatchedTokens[0]}'.{NearestWord.Suggest(result.UnmatchedTokens[0], commands)}"];
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
}
