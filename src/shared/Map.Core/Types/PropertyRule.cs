using Map.Core.Identity;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>What a type says of one property of its instances.</summary>
/// <param name="Id">The property type.</param>
/// <param name="Name">The canonical name.</param>
/// <param name="IsRequired">Whether every instance has a value.</param>
/// <param name="Default">The value of instances that have none of their own; null for none.</param>
/// <param name="Values">What its values may be.</param>
public sealed record PropertyRule(LocalId Id, string Name, bool IsRequired, BaseValue? Default, ValueRule Values)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} {Id} {(IsRequired ? "required" : "optional")} = {ValueText.Of(Default)} : {Values}";
}
