using System.Collections.Frozen;
using Map.Hub.Dispatch;
using Map.V1;

namespace Map.Hub.Commands;

/// <summary>All command handlers, by the shape of their message. They are found in this assembly, so that a command
/// needs no list beside its file.</summary>
public sealed class CommandRegistry
{
    private readonly FrozenDictionary<QueryCommand.CommandOneofCase, QueryHandler> _queries;
    private readonly FrozenDictionary<MutationCommand.CommandOneofCase, MutationHandler> _mutations;

    /// <summary>Finds the handlers.</summary>
    public CommandRegistry()
    {
        var handlers = typeof(CommandHandler).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(CommandHandler)))
            .Select(type => (CommandHandler)Activator.CreateInstance(type)!)
            .ToList();
        _queries = handlers.OfType<QueryHandler>().ToFrozenDictionary(handler => handler.Case);
        _mutations = handlers.OfType<MutationHandler>().ToFrozenDictionary(handler => handler.Case);
    }

    /// <summary>Every command of the contract, in the order of the contract.</summary>
    public IEnumerable<CommandInfo> Commands =>
        Enum.GetValues<QueryCommand.CommandOneofCase>().Where(each => each != QueryCommand.CommandOneofCase.None)
            .Select(each => new CommandInfo(CommandNames.Of(each), IsQuery: true, Find(each)?.Policy))
            .Concat(Enum.GetValues<MutationCommand.CommandOneofCase>()
                .Where(each => each != MutationCommand.CommandOneofCase.None)
                .Select(each => new CommandInfo(CommandNames.Of(each), IsQuery: false, Find(each)?.Policy)));

    internal QueryHandler? Find(QueryCommand.CommandOneofCase query) => _queries.GetValueOrDefault(query);

    internal MutationHandler? Find(MutationCommand.CommandOneofCase mutation) => _mutations.GetValueOrDefault(mutation);
}

/// <summary>A command of the contract.</summary>
/// <param name="Name">Its name in logs and metrics.</param>
/// <param name="IsQuery">Whether it is a query; else a mutation.</param>
/// <param name="Policy">Its policy; null when this version does not implement it.</param>
public sealed record CommandInfo(string Name, bool IsQuery, CommandPolicy? Policy);
