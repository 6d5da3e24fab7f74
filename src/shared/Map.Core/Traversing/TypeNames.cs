using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>Finds the types that a query names.</summary>
internal sealed class TypeNames(TransactionView view)
{
    private const string HolonTypeSuffix = ".HolonType";
    private const int MaxNamed = 3;

    /// <summary>The type that is meant.</summary>
    /// <param name="selector">How it is named.</param>
    /// <param name="place">Where in the query.</param>
    /// <exception cref="HolonException">There is none, or it is no type.</exception>
    public LocalId Resolve(TypeSelector selector, string place)
    {
        var id = selector.Holon is { } reference ? view.Resolve(reference).Id : ByName(selector.Name!, $"{place}.name");
        if (view.Descriptors.TypeName(id) is not null) return id;
        throw Refusals.At(HolonErrorCode.NotAType, place, $"{view.Display(id)} is no type, as it has no TypeName. Name a type.");
    }

    /// <summary>Some types, for a person.</summary>
    public string Describe(PossibleTypes types)
    {
        // A type comes before those that extend it, as it was made before them, mostly.
        var named = types.Types?.Order().Take(MaxNamed).Select(view.Display).ToList() ?? [];
        var more = types.Types?.Count > MaxNamed ? $" and {types.Types.Count - MaxNamed} more" : "";
        return string.Join(", ", named) + more;
    }

    private LocalId ByName(string name, string place)
    {
        var matches = view.WithKey(name, null).Where(id => view.Descriptors.TypeName(id) is not null).ToList();
        if (matches.Count == 0) matches = [.. view.WithKey(name + HolonTypeSuffix, null)];
        if (matches.Count == 1) return matches[0];
        if (matches.Count > 1)
            throw Refusals.At(HolonErrorCode.AmbiguousKey, place, $"{matches.Count} types have the key \"{name}\". Name the type by a reference.");
        throw Refusals.At(HolonErrorCode.KeyNotFound, place, $"There is no type \"{name}\". Name it by its key, say \"Book.HolonType\".");
    }
}

/// <summary>Why a query is refused, with the place in it.</summary>
internal static class Refusals
{
    public static HolonException At(HolonErrorCode code, string place, string message) => new(code, message, field: place);

    public static HolonException TooLarge(string place, string message, long limit) =>
        new([new HolonError(HolonErrorCode.TooLarge, message) { Field = place, Limit = limit }]);

    public static HolonException UnknownProperty(TypeNames names, PossibleTypes types, string property, string place) =>
        At(HolonErrorCode.UnknownProperty, place, $"No type of the holons here knows a property \"{property}\": {names.Describe(types)}.");

    public static HolonException UnknownRelationship(TypeNames names, PossibleTypes types, string name, string place) =>
        At(HolonErrorCode.UnknownRelationship, place, $"No type of the holons here knows a relationship \"{name}\": {names.Describe(types)}.");
}
