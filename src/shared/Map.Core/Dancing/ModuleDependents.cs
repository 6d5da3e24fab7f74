using Map.Core.Identity;
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
    /// <summary>Keys of the types of which instances name a module.</summary>
    private static readonly string[] _types = ["DanceImplementation.HolonType", "HolonValidator.HolonType"];

    /// <summary>The live holons in view that name a module.</summary>
    /// <param name="view">The view; its cancellation ends the search.</param>
    /// <param name="module">The hash of the module.</param>
    public static IEnumerable<ModuleDependent> Of(TransactionView view, string module)
    {
        var types = view.Descriptors;
        var listing = new HolonListing(view);
        foreach (var type in _types.SelectMany(key => view.WithKey(key, type: null)).Distinct())
        {
            foreach (var (_, id) in listing.Holons(new ListFilter { Type = type, WithSubtypes = true }, null))
            {
                view.Cancellation.ThrowIfCancellationRequested();
                var holon = view.Resolve(view.ReferenceTo(id));
                if (Names(holon, module)) yield return new ModuleDependent(id, holon.Key ?? "", TypeNameOf(types, holon));
            }
        }
    }

    private static bool Names(HolonSnapshot holon, string module) =>
        holon.Properties[CoreSchema.ModuleRef] is StringValue named && string.Equals(named.Value, module, StringComparison.OrdinalIgnoreCase);

    private static string TypeNameOf(DescriptorLinks types, HolonSnapshot holon) =>
        holon.Descriptor is { } type ? types.TypeName(type) ?? "" : "";
}
