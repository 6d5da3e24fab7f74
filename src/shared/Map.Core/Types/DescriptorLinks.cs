using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Core.Types;

/// <summary>
/// The relationships of descriptors by bare name, staged over saved. Saved links are grouped by relationship id; the
/// name of a group is the <c>TypeName</c> of the holon of that id, or stands with the group where no type declares it.
/// </summary>
internal sealed class DescriptorLinks(TransactionState state, IHolonService saved)
{
    /// <summary>Properties of a type in view; null when it is not there.</summary>
    public PropertyMap? Properties(LocalId id)
    {
        if (state.Nursery.Find(id) is { } draft) return draft.IsLive ? draft.Properties : null;
        return saved.FindHolon(id, state.Snapshot)?.Properties;
    }

    /// <summary>The type of a holon in view; null when it has none, or is not there.</summary>
    public LocalId? Descriptor(LocalId id)
    {
        if (state.Nursery.Find(id) is { } draft) return draft.IsLive ? draft.Descriptor : null;
        return saved.FindHolon(id, state.Snapshot)?.Descriptor;
    }

    public string? TypeName(LocalId id) =>
        Properties(id)?[CoreSchema.TypeName] is StringValue name ? Names.Canonicalise(name.Value) : null;

    public IEnumerable<LocalId> Targets(LocalId source, string name)
    {
        var edits = state.Nursery.Find(source)?.EditsOf(name) ?? LinkEdits.None;
        foreach (var group in Groups(source, LinkDirection.Forward, name))
        {
            foreach (var slot in saved.Links(source, LinkDirection.Forward, group, null, state.Snapshot))
                if (!edits.Removed.Contains(new RelatedPosition(group, slot)) && IsLive(slot.Other)) yield return slot.Other;
        }

        foreach (var slot in edits.Added)
            if (IsLive(slot.Other)) yield return slot.Other;
    }

    public IEnumerable<LocalId> Sources(LocalId target, string name)
    {
        foreach (var group in Groups(target, LinkDirection.Reverse, name))
        {
            foreach (var slot in saved.Links(target, LinkDirection.Reverse, group, null, state.Snapshot))
                if (!IsRemoved(slot.Other, name, group, target)) yield return slot.Other;
        }

        foreach (var link in state.Nursery.Incoming(target, name)) yield return link.Source;
    }

    /// <summary>A type and those that extend it, over however many steps.</summary>
    public SortedSet<LocalId> WithSubtypes(LocalId type)
    {
        var types = new SortedSet<LocalId> { type };
        var pending = new Queue<LocalId>(types);
        while (pending.TryDequeue(out var next))
            foreach (var subtype in Sources(next, CoreSchema.Extends))
                if (types.Add(subtype)) pending.Enqueue(subtype);
        return types;
    }

    /// <summary>
    /// The name of a group of saved links. Where the relationship type is deleted, the links are still called as it was.
    /// </summary>
    public string? NameOf(LinkGroup group) => group.Name ?? TypeName(group.Relationship) ?? LastNameOf(group.Relationship);

    private string? LastNameOf(LocalId relationship) =>
        saved.Versions(relationship, state.Snapshot).FirstOrDefault()?.Properties[CoreSchema.TypeName] is StringValue name
            ? Names.Canonicalise(name.Value)
            : null;

    private bool IsRemoved(LocalId source, string name, LocalId relationship, LocalId target) =>
        state.Nursery.Find(source) is { } draft
        && (!draft.IsLive || draft.Links.GetValueOrDefault(name)?.Removed.Any(
            link => link.Relationship == relationship && link.Slot.Other == target) == true);

    private bool IsLive(LocalId id) => state.Nursery.Find(id)?.IsLive ?? true;

    private IEnumerable<LocalId> Groups(LocalId holon, LinkDirection direction, string name)
    {
        // Nothing that is saved leads to or from a holon staged for create.
        if (state.Nursery.Find(holon) is { Base: null }) yield break;
        foreach (var group in saved.LinkGroups(holon, direction, state.Snapshot))
        {
            if (string.Equals(NameOf(group), name, StringComparison.Ordinal)) yield return group.Relationship;
        }
    }
}
