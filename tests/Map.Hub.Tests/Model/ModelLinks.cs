using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>Adds and removes links of the model.</summary>
internal sealed class ModelLinks(ModelTransaction transaction, ModelState state)
{
    private ModelSpace Space => transaction.Space;

    public void Add(AddRelatedHolonsCommand command, Func<HolonReference, ModelHolon> writable)
    {
        RequireDeclared(command.Holon, command.Name);
        AddTo(writable(command.Holon), command.Name, command.Targets, command.Position);
    }

    public void AddTo(ModelHolon holon, string name, IEnumerable<HolonReference> targets, Position? position = null)
    {
        if (position is not null && !Space.RuleOf(holon.Type, name).IsOrdered) throw new ModelRefusal(ErrorCode.InvalidRequest);
        // Where those out of view stand beside a new member is seen by nobody, until they come back.
        if (position is not null && holon.See(name).Any(link => state.IsHidden(link.Target))) throw new BeyondModel();
        int? behind = null;
        foreach (var target in targets)
        {
            // Several targets stand together, in the order given.
            var place = Add(holon, name, target, links => behind ?? PlaceOf(links, position));
            if (place is not null && position is not null) behind = place + 1;
        }
    }

    public void Remove(RemoveRelatedHolonsCommand command, Func<HolonReference, ModelHolon> writable)
    {
        RequireDeclared(command.Holon, command.Name);
        var holon = writable(command.Holon);
        foreach (var target in command.Targets)
        {
            transaction.RequireOwn(target);
            var id = Symbols.HolonOf(target);
            var equal = holon.See(command.Name).Where(link => link.Target == id).ToList();
            // One that was deleted meanwhile can still be removed.
            if (equal.Count == 0) transaction.Resolve(state, target);
            if (command.HasOccurrence) equal = [.. equal.Skip((int)command.Occurrence).Take(1)];
            if (equal.Count == 0) throw new ModelRefusal(ErrorCode.MemberNotFound);
            holon.LinksOf(command.Name).RemoveAll(equal.Contains);
        }

        if (!new ModelChange(Space, holon, state).Edits(command.Name)) holon.Renumbered.Remove(command.Name);
    }

    private int? Add(ModelHolon holon, string name, HolonReference target, Func<List<ModelLink>, int> placeOf)
    {
        var found = transaction.Resolve(state, target);
        if (target.Smart is { HasVersion: true }) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (target.Transient is not null && holon.Phase != HolonPhase.Transient) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (!found.IsLive || state.IsHidden(found.Id)) throw new ModelRefusal(ErrorCode.NotAccessible);

        var rule = Space.RuleOf(holon.Type, name);
        var links = holon.LinksOf(name);
        var equal = links.Where(link => link.Target == found.Id).ToList();
        if (equal.Count > 0 && !rule.AllowsDuplicates) return null;
        var added = new ModelLink(found.Id, equal.Count == 0 ? 0 : equal.Max(link => link.Occurrence) + 1, IsSaved: false);
        var place = placeOf(links);
        links.Insert(place, IsBack(holon, name, added) ? added with { IsSaved = true } : added);
        rule.Sort(links);
        return place;
    }

    /// <summary>Lets the links of a holon follow their names when it gets another type, or is put on top of another.</summary>
    /// <param name="of">The type under which its saved links are.</param>
    public void Follow(ModelHolon holon, int? of)
    {
        foreach (var (name, links) in holon.Links)
        {
            var rule = Space.RuleOf(holon.Type, name);
            var placed = new List<ModelLink>();
            foreach (var link in links.Where(link => rule.AllowsDuplicates || !placed.Any(each => each.Target == link.Target)))
            {
                var isKept = link.IsSaved && Space.IsSame(of, holon.Type, name);
                var moved = isKept ? link : link with { IsSaved = false, Occurrence = rule.AllowsDuplicates ? link.Occurrence : 0 };
                placed.Add(!isKept && IsBack(holon, name, moved) ? moved with { IsSaved = true } : moved);
            }

            rule.Sort(placed);
            links.Clear();
            links.AddRange(placed);
        }
    }

    /// <summary>A saved link that was removed here and is added again is as it was, where it has no place of its own.</summary>
    private bool IsBack(ModelHolon holon, string name, ModelLink added) =>
        !Space.RuleOf(holon.Type, name).IsOrdered && holon.Version > 0 && state.Snapshot.Find(holon.Id) is { } from
        && Space.IsSame(from.Type, holon.Type, name) && from.See(name).Any(added.IsLike);

    private int PlaceOf(List<ModelLink> links, Position? position)
    {
        if (position is null) return links.Count;
        if (position.First is not null) return 0;
        var member = transaction.Resolve(state, position.Before ?? position.After).Id;
        var place = links.FindIndex(link => link.Target == member);
        if (place < 0) throw new ModelRefusal(ErrorCode.MemberNotFound);
        return position.Before is not null ? place : place + 1;
    }

    private void RequireDeclared(HolonReference reference, string name)
    {
        if (Core.Types.CoreSchema.IsKeptBySystem(name)) throw new ModelRefusal(ErrorCode.RelationshipNotWritable);
        var holon = transaction.Resolve(state, reference);
        if (transaction.Space.HasInverse(holon.Type, name)) throw new ModelRefusal(ErrorCode.InverseNotWritable);
    }
}
