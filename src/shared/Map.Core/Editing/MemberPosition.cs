using Map.Core.References;

namespace Map.Core.Editing;

/// <summary>Where among the members of an ordered relationship.</summary>
public enum MemberPlace
{
    /// <summary>Before all.</summary>
    First,

    /// <summary>After all.</summary>
    Last,

    /// <summary>Just before a member.</summary>
    Before,

    /// <summary>Just after a member.</summary>
    After,
}

/// <summary>A place among the members of an ordered relationship.</summary>
/// <param name="Place">Which.</param>
/// <param name="Member">The member, for <see cref="MemberPlace.Before"/> and <see cref="MemberPlace.After"/>.</param>
public sealed record MemberPosition(MemberPlace Place, HolonReference? Member = null)
{
    /// <summary>After all.</summary>
    public static readonly MemberPosition Last = new(MemberPlace.Last);
}
