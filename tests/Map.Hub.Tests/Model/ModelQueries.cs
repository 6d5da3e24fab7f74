using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>What queries answer by the model.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="state">What it holds.</param>
/// <param name="newToken">The symbol for a page token.</param>
internal sealed class ModelQueries(ModelTransaction transaction, ModelState state, int newToken)
{
    private ModelSpace Space => transaction.Space;

    private ModelPages Pages => new(transaction, state, newToken);

    public CommandResponse Answer(QueryCommand query) => query.CommandCase switch
    {
        QueryCommand.CommandOneofCase.EssentialContent => Content(query.EssentialContent.Holon),
        QueryCommand.CommandOneofCase.HolonId => new CommandResponse { HolonId = IdOf(query.HolonId.Holon) },
        QueryCommand.CommandOneofCase.Key => Key(Resolve(query.Key.Holon).Key),
        QueryCommand.CommandOneofCase.VersionedKey => VersionedKey(query.VersionedKey.Holon),
        QueryCommand.CommandOneofCase.Predecessor => Predecessor(query.Predecessor.Holon),
        QueryCommand.CommandOneofCase.PropertyValue => Value(query.PropertyValue),
        QueryCommand.CommandOneofCase.RelatedHolons => Related(query, query.RelatedHolons),
        QueryCommand.CommandOneofCase.AllRelatedHolons => AllRelated(query.AllRelatedHolons),
        QueryCommand.CommandOneofCase.StagedByBaseKey => ByBaseKey(query, state.Drafts, query.StagedByBaseKey.Key),
        QueryCommand.CommandOneofCase.TransientByBaseKey => ByBaseKey(query, state.Transient.Values, query.TransientByBaseKey.Key),
        QueryCommand.CommandOneofCase.StagedByVersionedKey => ByVersionedKey(state.Drafts, query.StagedByVersionedKey.VersionedKey),
        QueryCommand.CommandOneofCase.TransientByVersionedKey =>
            ByVersionedKey(state.Transient.Values, query.TransientByVersionedKey.VersionedKey),
        QueryCommand.CommandOneofCase.History => Pages.Cut(query, () => Versions(query.History.Holon)),
        QueryCommand.CommandOneofCase.GetAll => All(query),
        QueryCommand.CommandOneofCase.Traverse => Traverse(query.Traverse),
        QueryCommand.CommandOneofCase.GetByKey => Reply(ByKey(query.GetByKey)),
        QueryCommand.CommandOneofCase.GetById => Reply(ById(query.GetById)),
        QueryCommand.CommandOneofCase.StagedCount => new CommandResponse { Count = (ulong)state.Drafts.Count() },
        QueryCommand.CommandOneofCase.TransientCount => new CommandResponse { Count = (ulong)state.Transient.Count },
        QueryCommand.CommandOneofCase.EditStatus => new CommandResponse
        {
            EditStatus = new EditStatus { CanUndo = transaction.CanUndo > 0, CanRedo = transaction.CanRedo > 0 },
        },
        _ => throw new BeyondModel(),
    };

    private ModelHolon Resolve(HolonReference reference) => transaction.Resolve(state, reference);

    private HolonReference ReferenceTo(int holon) => transaction.ReferenceTo(state, holon);

    private static CommandResponse Reply(HolonReference? reference) =>
        reference is null ? new CommandResponse() : new CommandResponse { Reference = reference };

    private CommandResponse Content(HolonReference reference)
    {
        var holon = Resolve(reference);
        var content = new EssentialContent { Reference = reference, Phase = holon.Phase, Version = holon.Version };
        if (holon.Phase != HolonPhase.Transient) content.HolonId = Symbols.Holon(holon.Id);
        if (holon.Key is { } key) content.Key = key;
        if (holon.Type is { } type) content.Descriptor_ = ReferenceTo(type);
        content.Properties.AddRange(holon.Properties.Select(pair => new Property { Name = pair.Key, Value = pair.Value }));
        return new CommandResponse { EssentialContent = content };
    }

    private HolonId IdOf(HolonReference reference)
    {
        var holon = Resolve(reference);
        return holon.Phase == HolonPhase.Transient ? throw new ModelRefusal(ErrorCode.WrongReferenceKind) : Symbols.Holon(holon.Id);
    }

    private static CommandResponse Key(string? key)
    {
        var result = new KeyResult();
        if (key is not null) result.Key = key;
        return new CommandResponse { Key = result };
    }

    private CommandResponse VersionedKey(HolonReference reference)
    {
        var holon = Resolve(reference);
        return Key(holon.Key is null ? null : $"{holon.Key}__{holon.Version}");
    }

    private CommandResponse Predecessor(HolonReference reference)
    {
        var holon = Resolve(reference);
        if (holon.Phase == HolonPhase.Transient) return Reply(null);
        if (holon.Phase != HolonPhase.Saved)
        {
            if (holon.Version > 0) return Reply(Symbols.Saved(transaction.Id, holon.Id, holon.Version));
            return Reply(holon.Origin is { } from && !state.IsHidden(from) ? ReferenceTo(from) : null);
        }

        if (holon.Version > 1) return Reply(Symbols.Saved(transaction.Id, holon.Id, holon.Version - 1));
        return Reply(holon.Origin is { } origin ? Symbols.Saved(transaction.Id, origin) : null);
    }

    private CommandResponse Value(PropertyValueQuery query) =>
        Resolve(query.Holon).Properties.TryGetValue(query.Name, out var value)
            ? new CommandResponse { Value = value }
            : throw new ModelRefusal(ErrorCode.PropertyNotFound);

    private HolonReference ByKey(GetByKeyQuery query)
    {
        if (query.Key.Length == 0) throw new ModelRefusal(ErrorCode.InvalidName);
        int? type = query.Type is null ? null : Resolve(query.Type).Id;
        var found = state.WithKey(query.Key, type).ToList();
        if (found.Count == 1) return ReferenceTo(found[0].Id);
        throw new ModelRefusal(found.Count == 0 ? ErrorCode.KeyNotFound : ErrorCode.AmbiguousKey);
    }

    private HolonReference ById(GetByIdQuery query)
    {
        var id = Symbols.Read(query.HolonId.LocalId);
        if (query.HasVersion)
        {
            var pinned = Symbols.Saved(transaction.Id, id, query.Version);
            Resolve(pinned);
            return pinned;
        }

        return state.InView(id) is null ? throw new ModelRefusal(ErrorCode.HolonNotFound) : ReferenceTo(id);
    }

    private CommandResponse ByBaseKey(QueryCommand query, IEnumerable<ModelHolon> drafts, string key)
    {
        if (key.Length == 0) throw new ModelRefusal(ErrorCode.InvalidName);
        return Pages.Cut(query, () => drafts.Where(draft => draft.Key == key).OrderBy(draft => draft.Type ?? 0).ThenBy(draft => draft.Id)
            .Select(draft => Row(draft, draft.Type ?? 0, draft.Id)));
    }

    private CommandResponse ByVersionedKey(IEnumerable<ModelHolon> drafts, string key)
    {
        if (!System.Text.RegularExpressions.Regex.IsMatch(key, "^.+__(0|[1-9][0-9]*)$")) throw new ModelRefusal(ErrorCode.InvalidRequest);
        var found = drafts.Where(draft => draft.Key is not null && $"{draft.Key}__{draft.Version}" == key).ToList();
        if (found.Count == 1) return Reply(ReferenceTo(found[0].Id));
        throw new ModelRefusal(found.Count == 0 ? ErrorCode.KeyNotFound : ErrorCode.AmbiguousKey);
    }

    /// <summary>Every relationship with members, by name.</summary>
    private CommandResponse AllRelated(AllRelatedHolonsQuery query)
    {
        if (query.MembersEach > 100) throw new ModelRefusal(ErrorCode.TooLarge);
        var list = new RelationshipList();
        string[] names = ["DescribedBy", "Instances", "OwnedBy", "Owns", .. TestSchema.RelationshipNames];
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var members = Members(query.Holon, name).Select(row => row.Member).ToList();
            if (members.Count == 0) continue;
            var isInverse = name is "Instances" or "Owns" || ModelRule.Inverse.ContainsKey(name);
            list.Relationships.Add(new RelationshipSummary
            {
                Name = name,
                Inverse = isInverse,
                Count = (ulong)members.Count,
                Members = { members.Take((int)query.MembersEach) },
            });
        }

        return new CommandResponse { Relationships = list };
    }

    /// <summary>The holons at the ends of all ways, as often as there are ways to them, or once.</summary>
    private CommandResponse Traverse(TraverseQuery query)
    {
        var found = query.Seeds.Select(seed => Begin(seed.Holon)).ToList();
        foreach (var step in query.Steps)
        {
            if (query.Distinct) found = [.. found.Distinct()];
            found = [.. found.SelectMany(id => step.Expand.Relationships.SelectMany(
                name => Members(ReferenceTo(id), name).Select(row => Symbols.HolonOf(row.Member.Reference))))];
            if (found.Count > query.Page.Size) throw new BeyondModel();
        }

        var rows = (query.Distinct ? found.Distinct() : found).Order().Select(id => new TraverseRow { Reference = ReferenceTo(id) });
        return new CommandResponse { Traverse = new TraverseResult { Rows = { rows } } };
    }

    private int Begin(HolonReference seed)
    {
        transaction.RequireOwn(seed);
        if (seed.Smart is { HasVersion: true }) throw new ModelRefusal(ErrorCode.InvalidRequest);
        var id = Symbols.HolonOf(seed);
        var isThere = state.InView(id) is not null || state.Transient.ContainsKey(id);
        return isThere ? id : throw new ModelRefusal(ErrorCode.HolonNotFound);
    }

    private CommandResponse All(QueryCommand query)
    {
        var filter = query.GetAll;
        if (filter.WithSubtypes && filter.Type is null) throw new ModelRefusal(ErrorCode.InvalidRequest);
        int? type = filter.Type is null ? null : Resolve(filter.Type).Id;
        HashSet<int>? types = type is null ? null : [.. filter.WithSubtypes ? Space.WithSubtypes(type.Value) : [type.Value]];
        return Pages.Cut(query, () =>
        {
            var holons = state.View().Where(holon => types is null || (holon.Type is { } of && types.Contains(of)));
            if (!filter.HasKeyPrefix) return holons.Select(holon => Row(holon.Id, holon.Id));
            return holons.Where(holon => holon.Key?.StartsWith(filter.KeyPrefix, StringComparison.Ordinal) == true)
                .Select(holon => Row(holon.Id, holon.Key!, holon.Type ?? 0, holon.Id))
                .OrderBy(row => (string)row.Place[0], StringComparer.Ordinal).ThenBy(row => row.Place[1]).ThenBy(row => row.Place[2]);
        });
    }

    private List<ModelRow> Versions(HolonReference reference)
    {
        transaction.RequireOwn(reference);
        if (reference.Transient is not null) throw new ModelRefusal(ErrorCode.WrongReferenceKind);
        if (reference.Smart is not { HasVersion: false }) Resolve(reference);
        var id = Symbols.HolonOf(reference);
        var rows = Space.Versions(id, state.Snapshot.Number).Select(version =>
        {
            var member = new HolonMember { Reference = Symbols.Saved(transaction.Id, id, version.Version) };
            if (version.Key is { } key) member.Key = key;
            return new ModelRow([-(int)version.Version], 0, member);
        }).ToList();
        return rows.Count == 0 && reference.Smart is not null ? throw new ModelRefusal(ErrorCode.HolonNotFound) : rows;
    }

    private CommandResponse Related(QueryCommand query, RelatedHolonsQuery related) =>
        Pages.Cut(query, () => Members(related.Holon, related.Name), () => OrderOf(related));

    /// <summary>What the order of members hangs on: whether the name means what it did.</summary>
    private string OrderOf(RelatedHolonsQuery query)
    {
        var holon = transaction.Resolve(state, query.Holon);
        var meaning = Space.Declares(holon.Type, query.Name) ? "declared" : Space.HasInverse(holon.Type, query.Name) ? "inverse" : "neither";
        return $"{meaning} {holon.Renumbered.GetValueOrDefault(query.Name)}";
    }

    private IEnumerable<ModelRow> Members(HolonReference reference, string name)
    {
        var holon = Resolve(reference);
        int? listed = name switch { "DescribedBy" => holon.Type, "OwnedBy" when holon.Id != Space.SpaceHolon => Space.SpaceHolon, _ => null };
        if (name is "DescribedBy" or "OwnedBy") return listed is { } one && state.Knows(one) ? [Row(one, one)] : [];
        if (name is "Owns" && holon.Id == Space.SpaceHolon)
            return state.View().Where(each => each.Id != holon.Id).Select(each => Row(each.Id, each.Id));
        if (name is "Instances") return state.View().Where(each => each.Type == holon.Id).Select(each => Row(each.Id, each.Id));
        if (Space.Declares(holon.Type, name) || !Space.HasInverse(holon.Type, name)) return Forward(holon, name);
        var asOf = reference.Smart is { HasVersion: true } pinned
            ? Space.FindVersion(holon.Id, pinned.Version, state.Snapshot.Number)!.Value.AsOf
            : state.Snapshot;
        return Inverse(holon, ModelRule.Inverse[name], asOf);
    }

    private IEnumerable<ModelRow> Forward(ModelHolon holon, string name)
    {
        var isOrdered = Space.RuleOf(holon.Type, name).IsOrdered;
        return holon.See(name).Where(link => state.Knows(link.Target)).Select(link =>
            isOrdered ? Row(link.Target) with { Serial = link.Serial } : Row(link.Target, link.Target, link.Occurrence));
    }

    /// <summary>Links to a holon: of a transient one from transient ones, else saved ones that are not removed here, and staged ones.</summary>
    private IEnumerable<ModelRow> Inverse(ModelHolon holon, string declared, ModelSnapshot asOf)
    {
        if (holon.Phase == HolonPhase.Transient) return Rows(state.Transient.Values.SelectMany(source => LinksTo(source, _ => true)));
        var saved = asOf.Holons.Values.SelectMany(source => LinksTo(source, link => !IsRemoved(source, declared, link)));
        return Rows(saved.Concat(state.Drafts.Where(draft => draft.IsLive).SelectMany(draft => LinksTo(draft, link => !link.IsSaved))));

        IEnumerable<(int Group, int Source, int Occurrence)> LinksTo(ModelHolon source, Func<ModelLink, bool> filter) =>
            source.See(declared).Where(link => link.Target == holon.Id && filter(link))
                .Select(link => (Space.Declares(source.Type, declared) ? 0 : PlaceOfBare(declared), source.Id, link.Occurrence));

        IEnumerable<ModelRow> Rows(IEnumerable<(int Group, int Source, int Occurrence)> links) =>
            links.Where(link => state.Knows(link.Source)).Order().Select(link => Row(link.Source, link.Group, link.Source, link.Occurrence));
    }

    /// <summary>Where links by a bare name stand beside those of the relationship of that name: by their ids.</summary>
    private static int PlaceOfBare(string name)
    {
        var typed = Core.Identity.LocalId.Read(Guid.CreateVersion7().ToByteArray(bigEndian: true));
        return Core.Identity.LocalId.OfName(name).CompareTo(typed);
    }

    private bool IsRemoved(ModelHolon source, string name, ModelLink link)
    {
        if (state.FindDraft(source.Id) is not { } draft) return false;
        var change = new ModelChange(Space, draft, state);
        return change.From is not null && Space.IsSame(change.From.Type, source.Type, name) && change.Removed(name).Any(link.IsLike);
    }

    private ModelRow Row(int holon, params IComparable[] place) => Row(state.InView(holon) ?? state.Transient[holon], place);

    private ModelRow Row(ModelHolon holon, params IComparable[] place)
    {
        var member = new HolonMember { Reference = ReferenceTo(holon.Id) };
        if (holon.Key is { } key) member.Key = key;
        return new ModelRow(place, 0, member);
    }
}
