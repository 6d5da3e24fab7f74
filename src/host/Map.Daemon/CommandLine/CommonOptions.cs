using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Map.Daemon.CommandLine;

/// <summary>Options that several commands have, and kinds of options.</summary>
internal static class CommonOptions
{
    public static Option<string?> Data { get; } = NewPath(
        "--data", "directory", "Data directory [default: $MAP_DAEMON_DATA, else ~/.local/share/map-daemon]", isRecursive: true);

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print JSON instead of text; of a failure as well",
        Recursive = true,
    };

    /// <summary>Which commit a command reads as of.</summary>
    public static Option<ulong?> At { get; } = new("--at")
    {
        Description = "The commit to read as of [default: the latest]",
        HelpName = "commit",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var commit)) return commit;
            result.AddError($"--at is the number of a commit; not '{text}'.");
            return null;
        },
    };

    /// <summary>An option whose value is a path.</summary>
    public static Option<string?> NewPath(string name, string helpName, string description, bool isRecursive = false)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName, Recursive = isRecursive };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) result.AddError($"{name} needs a path.");
        });
        return option;
    }

    /// <summary>An option whose value is one of a few words, in any case.</summary>
    public static Option<string> NewChoice(string name, string description, string byDefault, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !words.Contains(token.Value, StringComparer.OrdinalIgnoreCase)))
                result.AddError($"{name} is one of {string.Join(", ", words)}; not '{token.Value}'.");
        });
        return option;
    }

    /// <summary>Refuses what is not a file, before anything is asked of a daemon.</summary>
    /// <param name="pattern">Files that the command takes, as <c>*.json</c>.</param>
    public static Action<SymbolResult> RequireFiles(string pattern) => result =>
    {
        foreach (var path in result.Tokens.Select(token => token.Value))
        {
            if (Directory.Exists(path))
                result.AddError($"'{path}' is a directory. Name the files in it, as in {Path.Join(path, pattern)}");
            else if (!File.Exists(path)) result.AddError($"There is no file '{path}'.");
        }
    };
}
