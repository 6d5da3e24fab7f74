using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Types;
using Map.Core.Views;
using Map.Guests.Modules;

namespace Map.Guests.Abi;

/// <summary>What a module may ask to be allowed.</summary>
[Flags]
internal enum Capability
{
    None = 0,
    Read = 1,
    Write = 2,
    Delete = 4,
}

/// <summary>
/// What a guest may do in a call, by the types of holons. Types are judged as they were when the call began, so that a guest
/// that may write types cannot allow itself more.
/// </summary>
/// <param name="declared">What the module declares.</param>
/// <param name="began">What the transaction saw when the call began.</param>
/// <param name="given">The holons that the guest was called with, which it may read.</param>
/// <param name="mayChange">Whether it may change anything; a validator may not.</param>
internal sealed class CallRights(Capabilities declared, TransactionView began, IEnumerable<LocalId> given, bool mayChange)
{
    private const string All = "*";

    private readonly Dictionary<LocalId, Capability> _byType = [];
    private readonly HashSet<LocalId> _readable = [.. given];
    private readonly Capability _everywhere = Of(declared, All) & Possible(mayChange);

    /// <summary>A holon that the call made may be read by it.</summary>
    public void Made(HolonReference holon) => _readable.Add(holon.Id);

    /// <exception cref="CapabilityDeniedException">It may not be read.</exception>
    public void RequireRead(HolonSnapshot holon, TransactionView now)
    {
        if (_readable.Contains(holon.Id)) return;
        if (holon.Reference is TransientReference && holon.Descriptor is null) return;
        // A type describes what others have, and has nothing of its own to hide.
        if (holon.Properties[CoreSchema.TypeName] is not null) return;
        Require(Capability.Read, holon.Descriptor, now);
    }

    /// <exception cref="CapabilityDeniedException">It may not be changed.</exception>
    public void RequireWrite(HolonSnapshot holon, TransactionView now)
    {
        if (mayChange && holon.Reference is TransientReference && holon.Descriptor is null) return;
        Require(Capability.Write, holon.Descriptor, now);
    }

    /// <exception cref="CapabilityDeniedException">Holons of the type may not be used so.</exception>
    public void Require(Capability capability, LocalId? type, TransactionView now)
    {
        var allowed = type is { } id ? AllowedOf(id, now) : _everywhere;
        if (!allowed.HasFlag(capability)) throw new CapabilityDeniedException(capability, type is { } of ? now.Display(of) : "no type");
    }

    private Capability AllowedOf(LocalId type, TransactionView now)
    {
        if (_byType.TryGetValue(type, out var allowed)) return allowed;
        var lineage = began.ContractOf(type).Lineage;
        // One that the call made is judged by what it extends now.
        if (lineage.Count == 0) lineage = now.ContractOf(type).Lineage;
        allowed = _everywhere;
        foreach (var each in lineage.Prepend(type))
            if ((began.FindKey(each) ?? now.FindKey(each)) is { } key) allowed |= Of(declared, key) & Possible(mayChange);
        return _byType[type] = allowed;
    }

    private static Capability Possible(bool mayChange) =>
        mayChange ? Capability.Read | Capability.Write | Capability.Delete : Capability.Read;

    private static Capability Of(Capabilities declared, string key) =>
        (declared.Read.Contains(key) ? Capability.Read : Capability.None)
        | (declared.Write.Contains(key) ? Capability.Write : Capability.None)
        | (declared.Delete.Contains(key) ? Capability.Delete : Capability.None);
}
