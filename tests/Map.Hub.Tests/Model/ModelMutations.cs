using System.Text.Json;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>What mutations do to the model, read from the messages that the hub gets too.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="state">The state to change.</param>
/// <param name="newId">The first symbol for new holons.</param>
internal sealed class ModelMutations(ModelTransaction transaction, ModelState state, int newId)
{
    private int _next = newId;

    private ModelSpace Space => transaction.Space;

    public CommandResponse? Run(MutationCommand mutation)
    {
        switch (mutation.CommandCase)
        {
            case MutationCommand.CommandOneofCase.NewHolon:
                return Reply(Start(HolonPhase.Transient, mutation.NewHolon.Content));
            case MutationCommand.CommandOneofCase.StageNewHolon:
                var stage = mutation.StageNewHolon;
                return Reply(stage.Transient is null ? Start(HolonPhase.StagedForCreate, stage.Content) : StageTransient(stage.Transient));
            case MutationCommand.CommandOneofCase.CloneHolon:
                return Reply(Start(HolonPhase.Transient, Copied(mutation.CloneHolon.Holon)));
            case MutationCommand.CommandOneofCase.StageNewFromClone:
                return Reply(StageCopy(mutation.StageNewFromClone));
            case MutationCommand.CommandOneofCase.StageNewVersion:
                return Reply(StageSaved(mutation.StageNewVersion.Holon, HolonPhase.StagedForUpdate));
            case MutationCommand.CommandOneofCase.LoadHolons:
                return Load(mutation.LoadHolons);
            case MutationCommand.CommandOneofCase.DeleteHolon:
                return new CommandResponse { Count = (ulong)Delete(mutation.DeleteHolon.Holon) };
            default:
                Change(mutation);
                return null;
        }
    }

    private void Change(MutationCommand mutation)
    {
        switch (mutation.CommandCase)
        {
            case MutationCommand.CommandOneofCase.Abandon:
                Abandon(mutation.Abandon.Holon);
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
                Describe(Writable(mutation.WithDescriptor.Holon), mutation.WithDescriptor.Descriptor_);
                break;
            case MutationCommand.CommandOneofCase.WithPredecessor:
                SetOrigin(Writable(mutation.WithPredecessor.Holon), mutation.WithPredecessor.Predecessor);
                break;
            case MutationCommand.CommandOneofCase.AddRelatedHolons:
                new ModelLinks(transaction, state).Add(mutation.AddRelatedHolons, Writable);
                break;
            case MutationCommand.CommandOneofCase.RemoveRelatedHolons:
                new ModelLinks(transaction, state).Remove(mutation.RemoveRelatedHolons, Writable);
                break;
            default:
                throw new BeyondModel();
        }
    }

    private CommandResponse Reply(ModelHolon holon) => new()
    {
        Reference = holon.Phase == HolonPhase.Transient ? Symbols.Transient(transaction.Id, holon.Id) : Symbols.Staged(transaction.Id, holon.Id),
    };

    private ModelHolon Start(HolonPhase phase, HolonContent? content)
    {
        content ??= new HolonContent();
        if (content is { HasKey: true, Key: "" }) throw new ModelRefusal(ErrorCode.InvalidName);
        var holon = new ModelHolon { Id = _next++, Phase = phase };
        var pool = phase == HolonPhase.Transient ? state.Transient : state.Staged;
        pool.Add(holon.Id, holon);
        var properties = content.Properties.ToList();
        if (content.HasKey) properties.Add(new Property { Name = "Key", Value = new BaseValue { StringValue = content.Key } });
        // Of equal names the last one counts.
        Set(holon, properties.GroupBy(property => property.Name).Select(equal => equal.Last()));
        if (content.Descriptor_ is { } type) Describe(holon, type);
        foreach (var relationship in content.Relationships)
            new ModelLinks(transaction, state).AddTo(holon, relationship.Name, relationship.Targets);
        return holon;
    }

    private ModelHolon StageCopy(StageNewFromCloneCommand command)
    {
        if (command is { HasKey: true, Key: "" }) throw new ModelRefusal(ErrorCode.InvalidName);
        var content = Copied(command.Holon);
        foreach (var key in content.Properties.Where(property => property.Name == "Key").ToList()) content.Properties.Remove(key);
        if (command.HasKey) content.Key = command.Key;
        return Start(HolonPhase.StagedForCreate, content);
    }

    /// <summary>What a copy of a holon starts with: the members in view alone.</summary>
    private HolonContent Copied(HolonReference reference)
    {
        var holon = transaction.Resolve(state, reference);
        var content = new HolonContent { Descriptor_ = holon.Type is { } type ? transaction.ReferenceTo(state, type) : null };
        content.Properties.AddRange(holon.Properties.Select(pair => new Property { Name = pair.Key, Value = pair.Value }));
        foreach (var (name, links) in holon.Links)
        {
            var targets = links.Where(link => state.Knows(link.Target)).Select(link => transaction.ReferenceTo(state, link.Target)).ToList();
            if (targets.Count > 0) content.Relationships.Add(new Relationship { Name = name, Targets = { targets } });
        }

        return content;
    }

    private ModelHolon StageTransient(HolonReference reference)
    {
        var transient = transaction.Resolve(state, reference);
        if (reference.Transient is null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        var content = new HolonContent();
        foreach (var (name, value) in transient.Properties) content.Properties.Add(new Property { Name = name, Value = value });
        if (transient.Type is { } type) content.Descriptor_ = transaction.ReferenceTo(state, type);
        var staged = Start(HolonPhase.StagedForCreate, content);
        var refused = new List<(ErrorCode, int)>();
        foreach (var (name, links) in transient.Links)
        {
            foreach (var link in links)
            {
                try
                {
                    new ModelLinks(transaction, state).AddTo(staged, name, [transaction.ReferenceTo(state, link.Target)]);
                }
                catch (ModelRefusal refusal)
                {
                    // Members out of view have no place among the others, so any of these may be told first.
                    refused.AddRange(refusal.Errors);
                }
            }
        }

        return refused.Count == 0 ? staged : throw new ModelRefusal([.. refused]);
    }

    private ModelHolon StageSaved(HolonReference reference, HolonPhase phase)
    {
        var saved = transaction.Resolve(state, reference);
        RequireUnstaged(reference, saved);
        return state.Staged[saved.Id] = saved.Copy(phase);
    }

    private void RequireUnstaged(HolonReference reference, ModelHolon saved)
    {
        if (reference.Smart is not { HasVersion: false }) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (state.FindDraft(saved.Id) is not null) throw new ModelRefusal(ErrorCode.AlreadyStaged);
    }

    private int Delete(HolonReference reference)
    {
        var holon = transaction.Resolve(state, reference);
        if (holon.Id == Space.SpaceHolon) throw new ModelRefusal(ErrorCode.NotAccessible);
        if (Space.Types.Values.Contains(holon.Id)) throw new BeyondModel();
        if (reference.Staged is null) RequireUnstaged(reference, holon);
        else Writable(reference);
        var gone = new ModelCascade(Space, state).From(holon.Id);
        foreach (var each in gone)
        {
            if (state.FindDraft(each.Id) is { } draft) draft.Phase = draft.Version == 0 ? HolonPhase.Abandoned : HolonPhase.StagedForDelete;
            else state.Staged[each.Id] = each.Copy(HolonPhase.StagedForDelete);
        }

        return gone.Count;
    }

    private void Abandon(HolonReference reference)
    {
        var draft = transaction.Resolve(state, reference);
        if (reference.Staged is null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (draft.Phase == HolonPhase.Abandoned) throw new ModelRefusal(ErrorCode.NotAccessible);
        draft.Phase = HolonPhase.Abandoned;
    }

    private static void Set(ModelHolon holon, IEnumerable<Property> properties)
    {
        foreach (var property in properties)
        {
            if (property is { Name: "Key", Value.StringValue: "" }) throw new ModelRefusal(ErrorCode.InvalidName);
            holon.Properties[property.Name] = property.Value;
        }
    }

    private void Describe(ModelHolon holon, HolonReference descriptor)
    {
        var type = transaction.Resolve(state, descriptor);
        if (descriptor.Transient is not null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (!type.IsLive || state.IsHidden(type.Id)) throw new ModelRefusal(ErrorCode.NotAccessible);
        if (!Space.Types.Values.Contains(type.Id)) throw new BeyondModel();
        var before = holon.Type;
        holon.Type = type.Id;
        foreach (var (name, links) in holon.Links)
            if (links.Count > 0 && Space.RuleOf(before, name).IsOrdered != Space.RuleOf(type.Id, name).IsOrdered)
                holon.Renumbered[name] = holon.Renumbered.GetValueOrDefault(name) + 1;
        new ModelLinks(transaction, state).Follow(holon, before);
    }

    private void SetOrigin(ModelHolon holon, HolonReference? reference)
    {
        if (holon.Phase != HolonPhase.StagedForCreate) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        holon.Origin = reference is null ? null : OriginOf(holon, reference);
    }

    private int OriginOf(ModelHolon holon, HolonReference reference)
    {
        var origin = transaction.Resolve(state, reference);
        if (reference.Transient is not null || reference.Smart is { HasVersion: true }) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (origin.Phase == HolonPhase.Abandoned) throw new ModelRefusal(ErrorCode.NotAccessible);
        return origin.Id == holon.Id ? throw new ModelRefusal(ErrorCode.InvalidRequest) : origin.Id;
    }

    private ModelHolon Writable(HolonReference reference)
    {
        var holon = transaction.Resolve(state, reference);
        if (reference.Smart is not null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        return holon.IsLive ? holon : throw new ModelRefusal(ErrorCode.NotAccessible);
    }

    /// <summary>A file of a book and its author, the book similar to another by that one's key.</summary>
    private CommandResponse Load(LoadHolonsCommand command)
    {
        using var json = JsonDocument.Parse(command.Files[0].Content.Memory);
        var holons = json.RootElement.GetProperty("holons").EnumerateArray().ToList();
        var keys = holons.Select(holon => holon.GetProperty("key").GetString()!).ToList();
        var other = holons[0].GetProperty("relationships")[1].GetProperty("target").GetString()!;
        var (book, person) = (Space.Types[TestSchema.Book], Space.Types[TestSchema.Person]);
        if (state.WithKey(keys[0], book).Any() || state.WithKey(keys[1], person).Any()) throw new ModelRefusal(ErrorCode.ImportDuplicateKey);
        var similar = state.WithKey(other).Select(holon => holon.Id).ToList();
        var inFile = keys.IndexOf(other);
        if (inFile < 0 && similar.Count != 1)
            throw new ModelRefusal(similar.Count == 0 ? ErrorCode.UnresolvedReference : ErrorCode.AmbiguousReference);

        var made = new List<ModelHolon>();
        foreach (var (key, type) in keys.Zip((int[])[book, person]))
        {
            var holon = Start(HolonPhase.StagedForCreate, new HolonContent { Key = key });
            holon.Type = type;
            made.Add(holon);
        }

        made[0].LinksOf(TestSchema.Authors).Add(new ModelLink(made[1].Id, 0, IsSaved: false));
        made[0].LinksOf(TestSchema.Similar).Add(new ModelLink(inFile < 0 ? similar[0] : made[inFile].Id, 0, IsSaved: false));
        return new CommandResponse { Load = new LoadResult { Holons = 2, Targets = 2 } };
    }
}
