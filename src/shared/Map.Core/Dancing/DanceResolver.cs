using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>
/// Finds a dance among those that a holon's type affords, and its code among the holons that implement it, staged ones
/// included.
/// </summary>
public sealed class DanceResolver
{
    private const int MaxNamed = 10;

    private readonly TransactionView _view;
    private readonly DescriptorLinks _links;

    private DanceResolver(TransactionView view) => (_view, _links) = (view, view.Descriptors);

    /// <summary>Resolves a dance.</summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="name">The canonical type name of the dance.</param>
    /// <param name="holon">The holon that it is run on.</param>
    /// <exception cref="HolonException">The holon does not afford it, or it has no code, or not one alone.</exception>
    public static ResolvedDance Resolve(TransactionView view, string name, HolonReference holon) =>
        new DanceResolver(view).Resolve(name, view.Resolve(holon));

    private ResolvedDance Resolve(string name, HolonSnapshot holon)
    {
        var afforded = _view.ContractOf(holon).Dances;
        if (!afforded.TryGetValue(name, out var dance)) throw NotAfforded(name, holon, [.. afforded.Keys]);
        var lineages = new Lineages(_links);
        var request = lineages.First(lineages.Of(dance), CoreSchema.RequestType);
        return new ResolvedDance(name, request, new CodeReader(_view).Implementation(ImplementationOf(name, dance)));
    }

    private LocalId ImplementationOf(string name, LocalId dance)
    {
        var found = _links.Sources(dance, CoreSchema.ForDance).Distinct().ToList();
        if (found.Count == 1) return found[0];
        var subject = _view.ReferenceTo(dance);
        if (found.Count == 0)
        {
            throw new HolonException(
                HolonErrorCode.ImplementationMissing,
                $"No holon implements the dance \"{name}\". Stage a DanceImplementation that leads to it by \"{CoreSchema.ForDance}\".",
                subject);
        }

        var names = string.Join(", ", found.Take(MaxNamed).Select(_view.Display));
        throw new HolonException([new HolonError(
            HolonErrorCode.ImplementationAmbiguous,
            $"{found.Count:N0} holons implement the dance \"{name}\": {names}{(found.Count > MaxNamed ? " and more" : "")}. Delete all but one.")
        {
            Subject = subject,
            Candidates = [.. found.Take(ErrorLists.MaxListed).Select(_view.ReferenceTo)],
        }]);
    }

    private HolonException NotAfforded(string name, HolonSnapshot holon, List<string> afforded)
    {
        var type = holon.Descriptor is { } descriptor ? $"Its type, {_view.Display(descriptor)}, affords" : "It has no type, and so affords";
        var dances = afforded.Count == 0 ? "none" : Names(afforded);
        var (code, what) = Known().Contains(name)
            ? (HolonErrorCode.DanceNotAfforded, $"{_view.Display(holon.Id)} does not afford the dance \"{name}\".")
            : (HolonErrorCode.UnknownDance, $"There is no dance \"{name}\".");
        return new HolonException(code, $"{what} {type} {dances}.", holon.Reference, "dance");
    }

    private static string Names(List<string> names)
    {
        names.Sort(StringComparer.Ordinal);
        return string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? " and more" : "");
    }

    /// <summary>The names of all dances in view.</summary>
    private IEnumerable<string> Known() => _view.WithKey(CoreSchema.DanceTypesKey, null)
        .SelectMany(type => new HolonListing(_view).Holons(new ListFilter { Type = type, WithSubtypes = true }, null))
        .Select(dance => _links.TypeName(dance.Id)).OfType<string>();
}
