using Map.Core.Errors;

namespace Map.Core.Validation;

/// <summary>What must hold of holons, by their types. Commit judges all of it over the latest commit.</summary>
public enum TypeRule : byte
{
    /// <summary>Every saved holon but the space's own has a type.</summary>
    HasType,

    /// <summary>The type of a holon is in view: neither staged for delete nor abandoned.</summary>
    TypeInView,

    /// <summary>What describes a holon is a type, which is what has a <c>TypeName</c>.</summary>
    TypeIsType,

    /// <summary>What describes a holon is not abstract.</summary>
    TypeIsConcrete,

    /// <summary>A type still describes no holon when it is deleted.</summary>
    TypeWithoutInstances,

    /// <summary>A holon has properties that its type declares, <c>Key</c>, or others where its type allows more.</summary>
    PropertyKnown,

    /// <summary>A required property has a value, its own or the default.</summary>
    PropertyRequired,

    /// <summary>A value is of the kind that its value type names.</summary>
    ValueKind,

    /// <summary>A number is within the bounds of its value type.</summary>
    ValueRange,

    /// <summary>Text (in code points), bytes and lists (in items) are as long as their value type allows.</summary>
    ValueLength,

    /// <summary>A value of an enum is the name of one of its variants.</summary>
    ValueVariant,

    /// <summary>No item stands twice in a list of unique items.</summary>
    ValueUniqueItems,

    /// <summary>A key is the one that the key rule makes.</summary>
    KeyFollowsRule,

    /// <summary>Live holons of one type have distinct keys.</summary>
    KeyUnique,

    /// <summary>A holon has relationships that its type declares, or others where its type allows more.</summary>
    RelationshipKnown,

    /// <summary>The members of a relationship conform to its target type.</summary>
    TargetConforms,

    /// <summary>A relationship has at least and at most as many members as its type says.</summary>
    MemberCount,

    /// <summary>A member has at least and at most as many sources as the inverse type says.</summary>
    SourceCount,

    /// <summary>A holon is not deleted as long as a relationship, from either end, blocks it.</summary>
    DeletionAllowed,

    /// <summary>A type extends one type at most.</summary>
    ExtendsOne,

    /// <summary><c>Extends</c> does not lead back to where it began, and ends after 64 types.</summary>
    ExtendsEnds,

    /// <summary>What a type declares does not contradict itself: bounds, defaults, templates.</summary>
    TypeConsistent,

    /// <summary>Saved instances follow the type as it is changed (a warning).</summary>
    InstancesConform,
}

/// <summary>What is known of rules.</summary>
public static class TypeRules
{
    /// <summary>
    /// Whether the store itself hangs on it, so that it holds in every space; other violations are warnings in a space
    /// that is created with <c>report</c>.
    /// </summary>
    public static bool IsStructural(this TypeRule rule) => rule
        is TypeRule.HasType or TypeRule.TypeInView or TypeRule.TypeWithoutInstances or TypeRule.KeyUnique;

    /// <summary>The code by which its violations are told, of counts those of none at all excepted.</summary>
    public static HolonErrorCode Code(this TypeRule rule) => rule switch
    {
        TypeRule.HasType => HolonErrorCode.MissingDescriptor,
        TypeRule.TypeInView => HolonErrorCode.UnknownDescriptor,
        TypeRule.TypeIsType => HolonErrorCode.NotAType,
        TypeRule.TypeIsConcrete => HolonErrorCode.AbstractType,
        TypeRule.TypeWithoutInstances or TypeRule.DeletionAllowed => HolonErrorCode.DeletionBlocked,
        TypeRule.PropertyKnown => HolonErrorCode.UnknownProperty,
        TypeRule.PropertyRequired => HolonErrorCode.MissingRequired,
        TypeRule.ValueKind => HolonErrorCode.ValueKindMismatch,
        TypeRule.ValueRange or TypeRule.ValueLength => HolonErrorCode.ValueOutOfRange,
        TypeRule.ValueVariant => HolonErrorCode.UnknownVariant,
        TypeRule.ValueUniqueItems => HolonErrorCode.DuplicateItem,
        TypeRule.KeyFollowsRule => HolonErrorCode.KeyRule,
        TypeRule.KeyUnique => HolonErrorCode.DuplicateKey,
        TypeRule.RelationshipKnown => HolonErrorCode.UnknownRelationship,
        TypeRule.TargetConforms => HolonErrorCode.WrongTargetType,
        TypeRule.MemberCount or TypeRule.SourceCount or TypeRule.ExtendsOne => HolonErrorCode.Cardinality,
        TypeRule.ExtendsEnds => HolonErrorCode.CyclicExtends,
        TypeRule.TypeConsistent => HolonErrorCode.InconsistentType,
        TypeRule.InstancesConform => HolonErrorCode.InstancesInvalid,
        _ => throw new InvariantException($"No such rule: {rule}"),
    };
}
