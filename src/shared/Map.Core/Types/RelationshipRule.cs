using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Core.Types;

/// <summary>What becomes of the holons at the other end when the holon at this end is deleted.</summary>
public enum DeletionSemantic : byte
{
    /// <summary>Nothing: the links go with the deleted holon.</summary>
    Allow = 0,

    /// <summary>The deletion is refused as long as there are links.</summary>
    Block = 1,

    /// <summary>They are deleted too.</summary>
    Cascade = 2,
}

/// <summary>How many members a holon has in a relationship.</summary>
/// <param name="Min">At least.</param>
/// <param name="Max">At most; null for any number.</param>
public readonly record struct MemberBounds(long Min, long? Max)
{
    /// <summary>Whether there is anything to check.</summary>
    public bool IsBounded => Min > 0 || Max is not null;

    /// <summary>Whether a number of members is allowed.</summary>
    public bool Allows(long count) => count >= Min && !(count > Max);
}

/// <summary>What a type says of one relationship of its instances.</summary>
/// <param name="Facts">What the store needs to know of it.</param>
/// <param name="TargetType">The type that members conform to; null for any.</param>
/// <param name="Bounds">How many members a source has.</param>
/// <param name="OnDelete">What becomes of the members when their source is deleted.</param>
/// <param name="Inverse">The same from the members' side; null where no inverse is declared.</param>
public sealed record RelationshipRule(
    RelationshipFacts Facts, LocalId? TargetType, MemberBounds Bounds, DeletionSemantic OnDelete, InverseRule? Inverse)
{
    /// <summary>The canonical name.</summary>
    public string Name => Facts.Name;
}

/// <summary>What the inverse of a relationship says of it, from the members' side.</summary>
/// <param name="Id">The inverse relationship type.</param>
/// <param name="Name">Its canonical name.</param>
/// <param name="Bounds">How many sources a member has.</param>
/// <param name="OnDelete">What becomes of the sources when a member is deleted.</param>
public sealed record InverseRule(LocalId Id, string Name, MemberBounds Bounds, DeletionSemantic OnDelete);
