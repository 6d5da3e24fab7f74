using System.Collections.Frozen;
using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.References;

namespace Map.Hub.Dances;

/// <summary>Runs dances, built-in ones and guests. Built-in ones are found in this assembly.</summary>
/// <param name="guests">Runs guests.</param>
internal sealed class DanceRunner(IGuestRunner guests)
{
    private static readonly FrozenDictionary<string, IBuiltinDance> _builtins = typeof(IBuiltinDance).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IBuiltinDance)))
        .Select(type => (IBuiltinDance)Activator.CreateInstance(type)!)
        .ToFrozenDictionary(dance => dance.Name, StringComparer.Ordinal);

    /// <summary>Runs a dance.</summary>
    /// <param name="dance">The dance.</param>
    /// <param name="holon">The holon that it is run on.</param>
    /// <param name="request">What it is asked with; null for nothing.</param>
    /// <param name="warn">Takes what the dance has to say to a person beside its answer, once it went well.</param>
    /// <param name="editor">The state under change, which is to be dropped when this throws.</param>
    /// <param name="cancellation">Ends the dance before it takes effect.</param>
    /// <returns>What it answers; null for nothing.</returns>
    /// <exception cref="HolonException">It failed, or cannot be run.</exception>
    public DanceResponse? Run(
        ResolvedDance dance, HolonReference holon, HolonReference? request, Action<string> warn, TransactionEditor editor,
        CancellationToken cancellation)
    {
        var response = dance.Code switch
        {
            BuiltinCode code => Find(code.Handler).Run(new BuiltinCall(editor, holon, request, cancellation)),
            GuestCode code => guests.Dance(code.Entry, new DanceCall(dance.Name, holon, request, warn), editor, cancellation),
            _ => throw new InvariantException($"No such kind of code: {dance.Code.GetType()}"),
        };
        // What a client is given it can use: a reference to a holon of this transaction.
        if (response is DanceHolon answer) editor.View.Resolve(answer.Holon);
        return response;
    }

    private static IBuiltinDance Find(string name)
    {
        if (_builtins.GetValueOrDefault(name) is { } dance) return dance;
        var names = string.Join(", ", _builtins.Keys.Order(StringComparer.Ordinal));
        throw new HolonException(
            HolonErrorCode.BuiltinNotFound, $"This daemon has no built-in dance \"{name}\". It has {names}.", field: "dance");
    }
}
