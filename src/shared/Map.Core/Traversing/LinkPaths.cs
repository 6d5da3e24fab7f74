using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>The saved links that are all a name stands for.</summary>
/// <param name="Direction">The side of the holon.</param>
/// <param name="Relationships">The relationships, one after the other.</param>
internal sealed record LinkPath(LinkDirection Direction, IReadOnlyList<LocalId> Relationships);

/// <summary>
/// What a name stands for, worked out once for each type where nothing else matters: most holons of a query are plain saved
/// ones, and of a type that knows the name.
/// </summary>
internal sealed class LinkPaths(TransactionView view, string name)
{
    private readonly Dictionary<LocalId, LinkPath?> _byType = [];
    private readonly bool _isKeptBySystem = CoreSchema.IsKeptBySystem(name);

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>The links of a holon under the name; null where more than its type decides which they are.</summary>
    public LinkPath? Of(HolonSnapshot holon)
    {
        // What is staged has links of its own, and a type has those of what it extends.
        if (_isKeptBySystem || holon.Draft is not null || holon.Descriptor is not { } type) return null;
        if (holon.Properties[CoreSchema.TypeName] is not null) return null;
        ref var path = ref CollectionsMarshal.GetValueRefOrAddDefault(_byType, type, out var isKnown);
        if (!isKnown) path = Find(type);
        return path;
    }

    private LinkPath? Find(LocalId type)
    {
        var contract = view.ContractOf(type);
        if (contract.Declares(name)) return new LinkPath(LinkDirection.Forward, RelatedHolons.Relationships(contract.Declared(name)));
        var inverse = contract.Inverse(name);
        // From this side, links are also those that others have staged.
        if (inverse.Count == 0 || view.State.Nursery.Count > 0) return null;
        return new LinkPath(LinkDirection.Reverse, [.. inverse.SelectMany(rule => RelatedHolons.Relationships(rule.Facts)).Distinct()]);
    }
}
