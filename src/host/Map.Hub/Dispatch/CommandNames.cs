using Map.V1;

namespace Map.Hub.Dispatch;

/// <summary>Names of commands for logs, traces and metrics: taken from the message, never from what a client says.</summary>
internal static class CommandNames
{
    private static readonly string[] Queries = Names<QueryCommand.CommandOneofCase>();
    private static readonly string[] Mutations = Names<MutationCommand.CommandOneofCase>();

    public static string Of(MapRequest request) => request.Command?.IntentCase switch
    {
        CommandBody.IntentOneofCase.Query => Queries[(int)request.Command.Query.CommandCase],
        CommandBody.IntentOneofCase.Mutation => Mutations[(int)request.Command.Mutation.CommandCase],
        _ => "None",
    };

    private static string[] Names<T>()
        where T : struct, Enum
    {
        var cases = Enum.GetValues<T>();
        var names = new string[cases.Max(each => Convert.ToInt32(each)) + 1];
        foreach (var each in cases) names[Convert.ToInt32(each)] = Of(each);
        return names;
    }

    /// <summary>The name of a case. Generated code adds an underscore where a name would hide one of its own.</summary>
    public static string Of(Enum command) => command.ToString().TrimEnd('_');
}
