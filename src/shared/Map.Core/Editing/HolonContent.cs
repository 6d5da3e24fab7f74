using Map.Core.References;
using Map.Core.Values;

namespace Map.Core.Editing;

/// <summary>What a new holon starts with.</summary>
/// <param name="Descriptor">Its type.</param>
/// <param name="Properties">Its properties by canonical name, the key among them.</param>
/// <param name="Relationships">Targets by canonical relationship name.</param>
public sealed record HolonContent(
    HolonReference? Descriptor,
    PropertyMap Properties,
    IReadOnlyList<(string Name, IReadOnlyList<HolonReference> Targets)> Relationships)
{
    /// <summary>Nothing.</summary>
    public static readonly HolonContent Empty = new(null, PropertyMap.Empty, []);
}
