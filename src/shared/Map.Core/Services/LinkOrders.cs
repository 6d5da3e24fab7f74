namespace Map.Core.Services;

/// <summary>
/// How the order of members in an ordered relationship is numbered. Saved members stand far apart, so that others can be
/// placed between them. A member added behind the saved ones gets a provisional number, which sorts behind all of those;
/// the store gives it its own when it is saved, since by then others may have been added.
/// </summary>
public static class LinkOrders
{
    /// <summary>The first saved member.</summary>
    public const ulong FirstSaved = 1UL << 63;

    /// <summary>How far saved members stand apart.</summary>
    public const ulong SavedStep = 1UL << 32;

    /// <summary>Numbers from here on are provisional.</summary>
    public const ulong ProvisionalStart = 0xC000_0000_0000_0000;

    /// <summary>The first member added, in the middle of the provisional numbers: others can go before it.</summary>
    public const ulong FirstProvisional = 0xE000_0000_0000_0000;

    /// <summary>How far added members stand apart.</summary>
    public const ulong ProvisionalStep = 1UL << 30;

    /// <summary>
    /// Whether the store is to give a number of its own; also for a link that was added before its relationship was
    /// ordered.
    /// </summary>
    public static bool IsProvisional(ulong order) => order is 0 or >= ProvisionalStart;
}
