using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Tests;

/// <summary>One link as the model keeps it.</summary>
internal sealed record ModelLink(LocalId Source, RelationshipFacts Relationship, LinkSlot Slot);

/// <summary>A link that a commit added or removed.</summary>
internal sealed record ModelLinkEvent(long Commit, bool IsAdd, ModelLink Link)
{
    internal bool IsIn(LinkGroupId group) =>
        Link.Relationship.Id == group.Relationship
        && (group.Direction == LinkDirection.Forward ? Link.Source : Link.Slot.Other) == group.Holon;
}

/// <summary>What a naive store knows after one commit: full copies, plain searches.</summary>
internal sealed class ModelState
{
    internal Dictionary<LocalId, SavedHolon> Live { get; init; } = [];

    /// <summary>All versions ever saved, ends not among them.</summary>
    internal List<SavedHolon> Versions { get; init; } = [];

    internal List<ModelLink> Links { get; init; } = [];

    internal long SchemaEpoch { get; set; }

    /// <summary>All that ever happened to links, also what a commit took back.</summary>
    internal List<ModelLinkEvent> LinkEvents { get; init; } = [];

    internal ModelState Copy() => new()
    {
        Live = new(Live),
        Versions = [.. Versions],
        Links = [.. Links],
        SchemaEpoch = SchemaEpoch,
        LinkEvents = [.. LinkEvents],
    };

    internal static string? KeyOf(SavedHolon holon) => (holon.Properties[Names.Key] as StringValue)?.Value;

    internal static int CompareUtf8(string x, string y) =>
        System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y));

    internal List<KeyMatch> Keys(string prefix)
    {
        var found = new List<KeyMatch>();
        foreach (var holon in Live.Values)
            if (KeyOf(holon) is { } key && key.StartsWith(prefix, StringComparison.Ordinal))
                found.Add(new KeyMatch(key, holon.Descriptor ?? default, holon.Id));
        found.Sort((x, y) => CompareUtf8(x.Key, y.Key) is var order and not 0 ? order : x.Type.CompareTo(y.Type));
        return found;
    }

    internal List<LinkSlot> LinksOf(LocalId holon, LinkDirection direction, LocalId relationship)
    {
        var found = new List<LinkSlot>();
        foreach (var link in Links)
        {
            if (link.Relationship.Id != relationship) continue;
            if (direction == LinkDirection.Forward && link.Source == holon) found.Add(link.Slot);
            if (direction == LinkDirection.Reverse && link.Slot.Other == holon)
                found.Add(new LinkSlot(0, link.Source, link.Slot.Occurrence));
        }

        found.Sort();
        return found;
    }
}

/// <summary>Applies plans to a <see cref="ModelState"/> the naive way.</summary>
internal static class SpaceModel
{
    internal static ModelState Apply(ModelState before, CommitPlan plan, long number)
    {
        var after = before.Copy();
        foreach (var node in plan.Nodes)
        {
            if (node.Kind == NodeChangeKind.Delete)
            {
                after.Live.Remove(node.Id);
                continue;
            }

            var old = before.Live.GetValueOrDefault(node.Id);
            var saved = new SavedHolon(
                node.Id, (old?.Version ?? 0) + 1, number, node.Descriptor, node.Properties,
                old is null ? node.Predecessor : old.Predecessor);
            after.Live[node.Id] = saved;
            after.Versions.Add(saved);
        }

        var maxOrders = new Dictionary<(LocalId, LocalId), ulong>();
        foreach (var link in plan.Links)
            if (link.IsAdd) Add(before, after, link, number, maxOrders);
            else Remove(after, link, number);
        foreach (var node in plan.Nodes)
            if (node.Kind == NodeChangeKind.Delete)
                foreach (var link in after.Links.FindAll(link => link.Source == node.Id || link.Slot.Other == node.Id))
                    End(after, link, number);
        if (plan.TouchesSchema) after.SchemaEpoch = number;
        return after;
    }

    /// <summary>Whether the types, or what a plan relied on, were changed after it was judged.</summary>
    internal static bool IsStale(ModelState latest, CommitPlan plan)
    {
        var since = latest.LinkEvents.FindAll(change => change.Commit > plan.JudgedAsOf);
        return latest.SchemaEpoch > plan.JudgedAsOf
            || plan.Relied.Groups.Any(group => since.Exists(change => change.IsIn(group)))
            || plan.Relied.Types.Any(fact => !latest.Live.TryGetValue(fact.Key, out var now) || now.Descriptor != fact.Value)
            || plan.Relied.Retyped.Any(holon => since.Exists(
                change => HasAdded(change) && (change.Link.Source == holon || change.Link.Slot.Other == holon)));

        // A link that the commit which added it removed again was never there.
        bool HasAdded(ModelLinkEvent change) =>
            change.IsAdd && since.FindLast(each => each.Commit == change.Commit && each.Link == change.Link)!.IsAdd;
    }

    private static void Add(
        ModelState before, ModelState after, LinkChange add, long number, Dictionary<(LocalId, LocalId), ulong> maxOrders)
    {
        var same = after.Links.FindAll(
            link => link.Source == add.Source && link.Relationship == add.Relationship && link.Slot.Other == add.Slot.Other);
        if (!add.Relationship.AllowsDuplicates && same.Count > 0) return;
        var occurrence = same.Count == 0 ? 0 : same.Max(link => link.Slot.Occurrence) + 1;
        ulong order = 0;
        if (add.Relationship.IsOrdered)
        {
            var group = (add.Source, add.Relationship.Id);
            if (!maxOrders.TryGetValue(group, out var max))
                foreach (var link in before.Links)
                    if (link.Source == add.Source && link.Relationship == add.Relationship)
                        max = Math.Max(max, link.Slot.Order);
            var next = max == 0 ? LinkOrders.FirstSaved : max + LinkOrders.SavedStep;
            order = LinkOrders.IsProvisional(add.Slot.Order) ? next : add.Slot.Order;
            maxOrders[group] = Math.Max(max, order);
        }

        var added = new ModelLink(add.Source, add.Relationship, new LinkSlot(order, add.Slot.Other, occurrence));
        after.Links.Add(added);
        after.LinkEvents.Add(new ModelLinkEvent(number, IsAdd: true, added));
    }

    private static void Remove(ModelState after, LinkChange removal, long number)
    {
        var index = after.Links.FindIndex(
            link => link.Source == removal.Source && link.Relationship == removal.Relationship
                && link.Slot.Other == removal.Slot.Other && link.Slot.Occurrence == removal.Slot.Occurrence
                && (link.Slot.Order == removal.Slot.Order || !removal.Relationship.AllowsDuplicates));
        if (index >= 0) End(after, after.Links[index], number);
    }

    private static void End(ModelState after, ModelLink link, long number)
    {
        after.Links.Remove(link);
        after.LinkEvents.Add(new ModelLinkEvent(number, IsAdd: false, link));
    }
}
