namespace Map.Core.Transactions;

/// <summary>Where a holon is in its life. Numbers are those of <c>map.v1.HolonPhase</c>.</summary>
public enum HolonPhase : byte
{
    /// <summary>Scratch inside its transaction, never saved.</summary>
    Transient = 1,

    /// <summary>Commit saves its first version.</summary>
    StagedForCreate = 2,

    /// <summary>Commit saves a further version, if something changed that a version holds, and changed links.</summary>
    StagedForUpdate = 3,

    /// <summary>Commit ends it.</summary>
    StagedForDelete = 4,

    /// <summary>Commit passes it over.</summary>
    Abandoned = 5,

    /// <summary>Immutable in the store.</summary>
    Saved = 6,
}
