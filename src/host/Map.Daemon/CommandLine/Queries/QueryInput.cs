using System.CommandLine;
using System.Text;

namespace Map.Daemon.CommandLine.Queries;

/// <summary>A query that is given whole: as a file, as JSON, or on standard input.</summary>
internal static class QueryInput
{
    private const string StandardInput = "-";

    /// <summary>Refuses what is neither JSON nor a file.</summary>
    public static void Check(System.CommandLine.Parsing.SymbolResult result)
    {
        if (!result.Tokens.Select(token => token.Value).All(text => text == StandardInput || IsJson(text)))
            CommonOptions.RequireFiles("*.json")(result);
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">A path, JSON, or <c>-</c>.</param>
    public static async Task<ParsedQuery> ReadAsync(string text)
    {
        if (IsJson(text)) return ParsedQuery.FromJson("query", Encoding.UTF8.GetBytes(text));
        if (text != StandardInput) return ParsedQuery.FromJson(text, await File.ReadAllBytesAsync(text));
        using var buffer = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(buffer);
        return ParsedQuery.FromJson("standard input", buffer.ToArray());
    }

    private static bool IsJson(string text) => text.TrimStart().StartsWith('{');
}
