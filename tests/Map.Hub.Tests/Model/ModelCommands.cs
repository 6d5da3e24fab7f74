using System.Text.Json;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>What mutations do to the model, read from the messages that the hub gets too.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="state">The state to change.</param>
/// <param name="newIds">Ids that the hub gave to new holons, if it made any.</param>
internal sealed class ModelCommands(ModelTransaction transaction, ModelState state, Queue<string> newIds)
{
    public void Run(MutationCommand mutation)
    {
        switch (mutation.CommandCase)
        {
            case MutationCommand.CommandOneofCase.NewHolon:
                Start(HolonPhase.Transient, mutation.NewHolon.Content);
                break;
            case MutationCommand.CommandOneofCase.StageNewHolon when mutation.StageNewHolon.Transient is { } transient:
                StageTransient(transient);
                break;
            case MutationCommand.CommandOneofCase.StageNewHolon:
                Start(HolonPhase.StagedForCreate, mutation.StageNewHolon.Content);
                break;
            case MutationCommand.CommandOneofCase.StageNewVersion:
                StageSaved(mutation.StageNewVersion.Holon, HolonPhase.StagedForUpdate);
                break;
            case MutationCommand.CommandOneofCase.DeleteHolon:
                Delete(mutation.DeleteHolon.Holon);
                break;
            case MutationCommand.CommandOneofCase.WithPropertyValue:
                Set(Writable(mutation.WithPropertyValue.Holon), mutation.WithPropertyValue.Properties);
                break;
            case MutationCommand.CommandOneofCase.RemovePropertyValue:
                var holon = Writable(mutation.RemovePropertyValue.Holon);
                foreach (var name in mutation.RemovePropertyValue.Names)
                    if (!holon.Properties.Remove(name)) throw new ModelRefusal(ErrorCode.PropertyNotFound);
                break;
            case MutationCommand.CommandOneofCase.WithDescriptor:
                Describe(mutation.WithDescriptor.Holon, mutation.WithDescriptor.Descriptor_);
                break;
            case MutationCommand.CommandOneofCase.AddRelatedHolons:
                Add(mutation.AddRelatedHolons);
                break;
            case MutationCommand.CommandOneofCase.RemoveRelatedHolons:
                Remove(mutation.RemoveRelatedHolons);
                break;
            default:
                Load(mutation.LoadHolons);
                break;
        }
    }

    private ModelHolon Start(HolonPhase phase, HolonContent content)
    {
        // The hub gives an id also to what it refuses in the end; any will do then.
        var holon = new ModelHolon { Id = newIds.TryDequeue(out var id) ? id : "new", Phase = phase };
        var pool = phase == HolonPhase.Transient ? state.Transient : state.Staged;
        pool.Add(holon.Id, holon);
        var properties = content.Properties.ToList();
        if (content.HasKey) properties.Add(new Property { Name = "Key", Value = new BaseValue { StringValue = content.Key } });
        // Of equal names the last one counts.
        Set(holon, properties.GroupBy(property => property.Name).Select(equal => equal.Last()));
        if (content.Descriptor_ is { } type) holon.Type = transaction.Resolve(state, type).Id;
        foreach (var relationship in content.Relationships)
            foreach (var target in relationship.Targets) Add(holon, relationship.Name, target, links => links.Count);
        return holon;
    }

    private void StageTransient(HolonReference reference)
    {
        var transient = transaction.Resolve(state, reference);
        if (reference.Transient is null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        var content = new HolonContent();
        foreach (var (name, value) in transient.Properties) content.Properties.Add(new Property { Name = name, Value = value });
        var staged = Start(HolonPhase.StagedForCreate, content);
        staged.Type = transient.Type;
        var refused = new List<(ErrorCode, string)>();
        foreach (var (name, links) in transient.Links)
        {
            foreach (var link in links)
            {
                try
                {
                    Add(staged, name, transaction.ReferenceTo(link.Target), links => links.Count);
                }
                catch (ModelRefusal refusal)
                {
                    // Members out of view have no place among the others, so any of these may be told first.
                    refused.AddRange(refusal.Errors);
                }
            }
        }

        if (refused.Count > 0) throw new ModelRefusal([.. refused]);
    }

    private ModelHolon StageSaved(HolonReference reference, HolonPhase phase)
    {
        var saved = transaction.Resolve(state, reference);
        if (reference.Smart is not { HasVersion: false }) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (state.Staged.ContainsKey(saved.Id)) throw new ModelRefusal(ErrorCode.AlreadyStaged);
        return state.Staged[saved.Id] = saved.Copy(phase);
    }

    private void Delete(HolonReference reference)
    {
        if (transaction.Resolve(state, reference).Id == transaction.Space.SpaceHolon) throw new ModelRefusal(ErrorCode.NotAccessible);
        if (reference.Staged is null)
        {
            StageSaved(reference, HolonPhase.StagedForDelete);
            return;
        }

        var draft = Writable(reference);
        draft.Phase = draft.Version == 0 ? HolonPhase.Abandoned : HolonPhase.StagedForDelete;
    }

    private static void Set(ModelHolon holon, IEnumerable<Property> properties)
    {
        foreach (var property in properties)
        {
            if (property is { Name: "Key", Value.StringValue: "" }) throw new ModelRefusal(ErrorCode.InvalidName);
            holon.Properties[property.Name] = property.Value;
        }
    }

    private void Describe(HolonReference reference, HolonReference descriptor)
    {
        var holon = Writable(reference);
        var type = transaction.Resolve(state, descriptor);
        if (descriptor.Transient is not null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        holon.Type = type.Id;
    }

    private void Add(AddRelatedHolonsCommand command)
    {
        RequireDeclared(command.Holon, command.Name);
        var holon = Writable(command.Holon);
        var position = command.Position;
        if (position is not null && !ModelRule.Of[command.Name].IsOrdered) throw new ModelRefusal(ErrorCode.InvalidRequest);
        int? behind = null;
        foreach (var target in command.Targets)
        {
            // Several targets stand together, in the order given.
            if (Add(holon, command.Name, target, links => behind ?? PlaceOf(links, position)) is { } place && position is not null)
                behind = place + 1;
        }
    }

    private int? Add(ModelHolon holon, string name, HolonReference target, Func<List<ModelLink>, int> placeOf)
    {
        var id = transaction.Resolve(state, target).Id;
        if (target.Smart is { HasVersion: true }) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (target.Transient is not null && holon.Phase != HolonPhase.Transient) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (state.IsHidden(id)) throw new ModelRefusal(ErrorCode.NotAccessible);

        var rule = ModelRule.Of[name];
        var links = holon.LinksOf(name);
        var equal = links.Where(link => link.Target == id).ToList();
        if (equal.Count > 0 && !rule.AllowsDuplicates) return null;
        var occurrence = equal.Count == 0 ? 0 : equal.Max(link => link.Occurrence) + 1;
        // A saved link that was removed here and is added again is as it was, where it has no place of its own.
        var isBack = !rule.IsOrdered && holon.Version > 0
            && (transaction.Snapshot.Find(holon.Id)?.Links.GetValueOrDefault(name) ?? [])
                .Any(link => link.Target == id && link.Occurrence == occurrence);
        var place = placeOf(links);
        links.Insert(place, new ModelLink(id, occurrence, isBack));
        rule.Sort(links);
        return place;
    }

    private int PlaceOf(List<ModelLink> links, Position? position)
    {
        if (position is null) return links.Count;
        if (position.First is not null) return 0;
        var member = transaction.Resolve(state, position.Before ?? position.After).Id;
        var place = links.FindIndex(link => link.Target == member);
        if (place < 0) throw new ModelRefusal(ErrorCode.MemberNotFound);
        return position.Before is not null ? place : place + 1;
    }

    private void Remove(RemoveRelatedHolonsCommand command)
    {
        RequireDeclared(command.Holon, command.Name);
        var holon = Writable(command.Holon);
        foreach (var target in command.Targets)
        {
            var id = transaction.Resolve(state, target).Id;
            var links = holon.LinksOf(command.Name);
            var equal = links.Where(link => link.Target == id).ToList();
            if (command.HasOccurrence) equal = [.. equal.Skip((int)command.Occurrence).Take(1)];
            if (equal.Count == 0) throw new ModelRefusal(ErrorCode.MemberNotFound);
            links.RemoveAll(equal.Contains);
        }
    }

    private void RequireDeclared(HolonReference reference, string name)
    {
        if (name == "DescribedBy") throw new ModelRefusal(ErrorCode.RelationshipNotWritable);
        var holon = transaction.Resolve(state, reference);
        if (transaction.Space.HasInverse(holon.Type, name)) throw new ModelRefusal(ErrorCode.InverseNotWritable);
    }

    private ModelHolon Writable(HolonReference reference)
    {
        var holon = transaction.Resolve(state, reference);
        if (reference.Smart is not null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        return holon.IsLive ? holon : throw new ModelRefusal(ErrorCode.NotAccessible);
    }

    /// <summary>A file of a book and its author, the book similar to another by that one's key.</summary>
    private void Load(LoadHolonsCommand command)
    {
        using var json = JsonDocument.Parse(command.Files[0].Content.Memory);
        var holons = json.RootElement.GetProperty("holons").EnumerateArray().ToList();
        var keys = holons.Select(holon => holon.GetProperty("key").GetString()!).ToList();
        var other = holons[0].GetProperty("relationships")[1].GetProperty("target").GetString()!;
        var (book, person) = (transaction.Space.Types[TestSchema.Book], transaction.Space.Types[TestSchema.Person]);
        if (transaction.WithKey(keys[0], book).Any() || transaction.WithKey(keys[1], person).Any())
            throw new ModelRefusal(ErrorCode.ImportDuplicateKey);
        var similar = other == keys[0] || other == keys[1] ? [other] : transaction.WithKey(other).ToList();
        if (similar.Count != 1) throw new ModelRefusal(similar.Count == 0 ? ErrorCode.UnresolvedReference : ErrorCode.AmbiguousReference);

        var ids = new Dictionary<string, string>();
        foreach (var (key, type) in keys.Zip((string[])[book, person]))
        {
            var holon = Start(HolonPhase.StagedForCreate, new HolonContent { Key = key });
            holon.Type = type;
            ids[key] = holon.Id;
        }

        var links = state.Staged[ids[keys[0]]];
        links.LinksOf(TestSchema.Authors).Add(new ModelLink(ids[keys[1]], 0, IsSaved: false));
        links.LinksOf(TestSchema.Similar).Add(new ModelLink(ids.GetValueOrDefault(similar[0], similar[0]), 0, IsSaved: false));
    }
}
