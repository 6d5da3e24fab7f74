using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>Judges links: that their relationships are known, that members conform, and how many there are at either end.</summary>
internal sealed class LinkCheck(Judgement judgement)
{
    // Both ends of many links are one saved holon; each is counted once.
    private readonly HashSet<(LocalId Holon, LinkDirection Direction, LocalId Relationship)> _counted = [];

    private TransactionView View => judgement.View;

    /// <summary>Judges the links that a staged holon adds and removes, and how many it has then.</summary>
    public void Run(DraftHolon draft, Contract contract)
    {
        foreach (var (name, edits) in draft.Links)
        {
            if (contract.Relationships.GetValueOrDefault(name) is { } rule) CheckAdded(draft, rule, edits);
            // Links that follow their name to another relationship are removed from the one of the type before.
            foreach (var link in edits.Removed) CountSourcesOfSaved(link.Slot.Other, link.Relationship);
        }

        CheckKnown(draft.Id, contract, draft.Base is null ? draft.Links.Keys : SavedNames(draft.Id).Concat(draft.Links.Keys));
        if (draft.Base is { } saved)
        {
            if (saved.Descriptor != draft.Descriptor) CheckAsTarget(draft.Id);
            // A type is a member also by what it extends.
            else if (draft.Links.ContainsKey(CoreSchema.Extends)) CheckAsTarget(draft.Id, CoreSchema.Extends);
            // Its links are those of its type, also where it gets no version.
            else if (!draft.Links.IsEmpty) judgement.TypeOf(draft.Id);
        }

        foreach (var rule in contract.Bounded) CountMembers(draft.Id, rule);
        foreach (var rule in judgement.BoundedIncomingRules(draft.Id, draft.Descriptor)) CountSources(draft.Id, rule);
    }

    /// <summary>Judges what is left at the other ends of the links of a holon staged for delete.</summary>
    public void RunAroundDeleted(DraftHolon draft)
    {
        foreach (var group in View.Saved.LinkGroups(draft.Id, LinkDirection.Forward, View.State.Snapshot))
            foreach (var slot in View.Saved.Links(draft.Id, LinkDirection.Forward, group.Relationship, null, View.State.Snapshot))
                CountSourcesOfSaved(slot.Other, group.Relationship);
        foreach (var group in View.Saved.LinkGroups(draft.Id, LinkDirection.Reverse, View.State.Snapshot))
            foreach (var slot in View.Saved.Links(draft.Id, LinkDirection.Reverse, group.Relationship, null, View.State.Snapshot))
                CountMembersOfSaved(slot.Other, group.Relationship);
    }

    /// <summary>Judges the saved links of a holon: those that it declares, and as a target those to it.</summary>
    public void RunSaved(LocalId holon, Contract contract)
    {
        CheckKnown(holon, contract, SavedNames(holon));
        foreach (var rule in contract.Relationships.Values.Where(rule => !CoreSchema.IsKeptBySystem(rule.Name)))
            foreach (var member in View.Members(holon, rule.Name)) CheckTarget(holon, rule, member);
        CheckAsTarget(holon);
        foreach (var rule in contract.Bounded) CountMembers(holon, rule);
        foreach (var rule in judgement.BoundedIncomingRules(holon, judgement.TypeOf(holon))) CountSources(holon, rule);
    }

    /// <summary>Judges whether the relationships of a holon's links are known, those of saved ones too: a type may know one no more.</summary>
    private void CheckKnown(LocalId holon, Contract contract, IEnumerable<string> names)
    {
        if (contract.AllowsMoreRelationships) return;
        foreach (var name in names.Where(name => !contract.Declares(name)).Distinct())
            if (View.Members(holon, name).Any()) Unknown(holon, name);
    }

    private IEnumerable<string> SavedNames(LocalId holon) => View.Saved
        .LinkGroups(holon, LinkDirection.Forward, View.State.Snapshot)
        .Select(judgement.Descriptors.NameOf)
        .OfType<string>();

    private void Unknown(LocalId holon, string name) => judgement.Violation(
        TypeRule.RelationshipKnown, holon, name,
        $"{Display(holon)} has links under \"{name}\", which {judgement.NameOf(judgement.TypeOf(holon))} does not know. Remove them, or declare the relationship.");

    private void CheckAdded(DraftHolon draft, RelationshipRule rule, LinkEdits edits)
    {
        var isCountedThere = rule.Inverse?.Bounds.IsBounded == true;
        foreach (var slot in edits.Added)
        {
            if (View.IsHidden(slot.Other)) continue;
            CheckTarget(draft.Id, rule, slot.Other);
            if (isCountedThere) CountSourcesOfSaved(slot.Other, rule.Facts.Id);
        }
    }

    private void CheckTarget(LocalId source, RelationshipRule rule, LocalId target)
    {
        if (rule.TargetType is not { } type || judgement.Conforms(target, type) || judgement.IsGone(target)) return;
        judgement.Violation(
            TypeRule.TargetConforms, source, rule.Name,
            $"\"{rule.Name}\" of {Display(source)} leads to {Display(target)} of type {judgement.NameOf(judgement.TypeOf(target))}, "
            + $"but takes members of type {judgement.NameOf(type)}. Remove that link.");
    }

    /// <summary>Judges a holon as the target of its saved links, which its new type has to fit.</summary>
    /// <param name="holon">The holon.</param>
    /// <param name="member">What says of which type it is.</param>
    private void CheckAsTarget(LocalId holon, string member = CoreSchema.DescribedBy)
    {
        judgement.RelyOnLinks(holon);
        var reader = new ContractReader(judgement.Descriptors);
        foreach (var group in View.Saved.LinkGroups(holon, LinkDirection.Reverse, View.State.Snapshot))
        {
            if (reader.Relationship(group.Relationship) is not { TargetType: { } type } rule || judgement.Conforms(holon, type)) continue;
            if (!View.Sources(holon, rule.Facts).Any()) continue;
            judgement.Violation(
                TypeRule.TargetConforms, holon, member,
                $"{Display(holon)} is of type {judgement.NameOf(judgement.TypeOf(holon))}, but links under \"{rule.Name}\" lead to it, "
                + $"which takes members of type {judgement.NameOf(type)}. Remove those links, or choose another type.");
        }
    }

    private void CountSourcesOfSaved(LocalId target, LocalId relationship)
    {
        // A staged holon is judged by itself.
        if (judgement.Nursery.Find(target) is not null) return;
        foreach (var rule in judgement.BoundedIncomingRules(target, judgement.TypeOf(target)))
            if (RelatedHolons.Relationships(rule.Facts).Contains(relationship)) CountSources(target, rule);
    }

    private void CountMembersOfSaved(LocalId source, LocalId relationship)
    {
        if (judgement.Nursery.Find(source) is not null) return;
        foreach (var rule in View.ContractOf(judgement.TypeOf(source)).Bounded)
            if (RelatedHolons.Relationships(rule.Facts).Contains(relationship)) CountMembers(source, rule);
    }

    /// <summary>Whether a holon was counted before. Staged ones are met once.</summary>
    private bool IsCounted(LocalId holon, LinkDirection direction, RelationshipRule rule) =>
        judgement.Nursery.Find(holon) is null && !_counted.Add((holon, direction, rule.Facts.Id));

    private void CountMembers(LocalId source, RelationshipRule rule)
    {
        if (IsCounted(source, LinkDirection.Forward, rule)) return;
        judgement.Rely(source, LinkDirection.Forward, rule.Facts);
        var count = View.CountMembers(source, rule.Name);
        if (rule.Bounds.Allows(count)) return;
        judgement.Violation(
            TypeRule.MemberCount, source, rule.Name,
            $"{Display(source)} has {ValueText.Count(count, "member")} under \"{rule.Name}\"; "
            + $"{judgement.NameOf(judgement.TypeOf(source))} {InWords(rule.Bounds)}. " + Advice(rule.Bounds, count),
            count == 0 ? HolonErrorCode.MissingRequired : null);
    }

    private void CountSources(LocalId target, RelationshipRule rule)
    {
        if (IsCounted(target, LinkDirection.Reverse, rule)) return;
        judgement.Rely(target, LinkDirection.Reverse, rule.Facts);
        var count = View.CountSources(target, rule.Facts);
        var inverse = rule.Inverse!;
        if (inverse.Bounds.Allows(count)) return;
        judgement.Violation(
            TypeRule.SourceCount, target, inverse.Name,
            $"{Display(target)} has {ValueText.Count(count, "member")} under \"{inverse.Name}\", the inverse of \"{rule.Name}\"; "
            + $"{judgement.NameOf(rule.TargetType)} {InWords(inverse.Bounds)}. {Advice(inverse.Bounds, count)}",
            count == 0 ? HolonErrorCode.MissingRequired : null);
    }

    private static string InWords(MemberBounds bounds) => bounds.Max switch
    {
        null => $"asks for at least {bounds.Min:N0}",
        { } max when max == bounds.Min => $"asks for exactly {max:N0}",
        { } max when bounds.Min == 0 => $"allows at most {max:N0}",
        { } max => $"asks for {bounds.Min:N0} to {max:N0}",
    };

    private static string Advice(MemberBounds bounds, long count) => count < bounds.Min ? "Add links." : "Remove links.";

    private string Display(LocalId holon) => judgement.Display(holon);
}
