using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Values;
using Map.Core.Views;

namespace Map.Core.Dancing;

/// <summary>A holon that names a guest module as its code.</summary>
/// <param name="Holon">The holon.</param>
/// <param name="Key">Its key; empty without one.</param>
/// <param name="TypeName">The type name of its type.</param>
public sealed record ModuleDependent(LocalId Holon, string Key, string TypeName);

/// <summary>Finds what depends on a guest module in a space.</summary>
public static class ModuleDependents
{
    private const int PageSize = 1_000;

    /// <summary>Keys of the types of which instances name a module.</summary>
    private static readonly string[] _types = ["DanceImplementation.HolonType", "HolonValidator.HolonType"];

    /// <summary>The live holons in view that name a module.</summary>
    /// <param name="view">The view; its cancellation ends the search.</param>
    /// <param name="module">The hash of the module.</param>
    public static IEnumerable<ModuleDependent> Of(TransactionView view, string module) =>
        from type in _types.SelectMany(key => view.WithKey(key, type: null)).Distinct()
        from member in Instances(view, type)
        let holon = view.Resolve(member)
        where holon.Properties[CoreSchema.ModuleRef] is StringValue named && string.Equals(named.Value, module, StringComparison.OrdinalIgnoreCase)
        select new ModuleDependent(holon.Id, holon.Key ?? "", TypeNameOf(view, holon));

    private static IEnumerable<HolonReference> Instances(TransactionView view, LocalId type)
    {
        var filter = new ListFilter { Type = type, WithSubtypes = true };
        ListPosition? after = null;
        do
        {
            view.Cancellation.ThrowIfCancellationRequested();
            var page = view.List(filter, after, PageSize);
            foreach (var member in page.Members) yield return member.Reference;
            after = page.Next;
        }
        while (after is not null);
    }

    private static string TypeNameOf(TransactionView view, HolonSnapshot holon) =>
        holon.Descriptor is { } type && view.Resolve(view.ReferenceTo(type)).Properties[CoreSchema.TypeName] is StringValue name ? name.Value : "";
}
