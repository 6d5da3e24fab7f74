using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;

namespace Map.Core.Views;

/// <summary>
/// What a transaction sees: staged over saved, saved as of its snapshot. Only reads: queries get this and nothing
/// else, so none can change anything.
/// </summary>
public sealed class TransactionView
{
    private readonly ContractCache _savedContracts;
    private readonly RelatedHolons _related;
    private readonly HolonListing _listing;
    private readonly HolonVersions _versions;
    private readonly DraftLookup _drafts;

    /// <summary>The view of one state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="saved">Saved holons of the transaction's space.</param>
    /// <param name="savedContracts">Contracts of saved descriptors, shared by the transactions of the space.</param>
    public TransactionView(TransactionState state, IHolonService saved, ContractCache savedContracts)
    {
        State = state;
        Saved = saved;
        (Types, Descriptions) = (saved, saved);
        _savedContracts = savedContracts;
        _related = new RelatedHolons(this);
        _listing = new HolonListing(this);
        _versions = new HolonVersions(this);
        _drafts = new DraftLookup(this);
    }

    /// <summary>The state seen.</summary>
    public TransactionState State { get; }

    /// <summary>Saved holons.</summary>
    public IHolonService Saved { get; }

    /// <summary>Where contracts are read from.</summary>
    private IHolonService Types { get; init; }

    /// <summary>Where descriptors are read from.</summary>
    private IHolonService Descriptions { get; init; }

    /// <summary>Ends reads that take long.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Takes how far a work is that takes long; null when nobody asks.</summary>
    public Action<StepProgress>? Tell { get; init; }

    /// <summary>How many holons are staged, those staged for delete included and abandoned ones not.</summary>
    public int StagedCount => State.Nursery.Count;

    /// <summary>How many transient holons there are.</summary>
    public int TransientCount => State.Transients.Count;

    /// <summary>Resolves a reference.</summary>
    /// <exception cref="HolonException">It is of another transaction, or there is no such holon or version.</exception>
    public HolonSnapshot Resolve(HolonReference reference)
    {
        RequireOwn(reference);
        return reference switch
        {
            TransientReference => FromDraft(reference, State.Transients),
            StagedReference => FromDraft(reference, State.Nursery),
            SmartReference smart => FromSaved(smart),
            _ => throw new InvariantException($"No such kind of reference: {reference.GetType()}"),
        };
    }

    /// <summary>The reference by which the view gives a holon: staged if it is staged here, else saved.</summary>
    public HolonReference ReferenceTo(LocalId id)
    {
        if (State.Nursery.Find(id) is not null || State.Nursery.Hides(id)) return new StagedReference(State.Transaction, id);
        if (State.Transients.Find(id) is not null) return new TransientReference(State.Transaction, id);
        return new SmartReference(State.Transaction, id);
    }

    /// <summary>What the types of a holon say of it.</summary>
    public Contract ContractOf(HolonSnapshot holon) => ContractOf(holon.Descriptor);

    /// <summary>What a type says of its instances.</summary>
    public Contract ContractOf(LocalId? descriptor)
    {
        if (descriptor is null) return Contract.None;
        return State.StagedContracts is { } staged
            ? staged.OfStaged(descriptor.Value, State, Types)
            : _savedContracts.OfSaved(descriptor.Value, State, Types);
    }

    /// <summary>The one holon of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">Its type, where several types may have the key.</param>
    /// <exception cref="HolonException">None, or several.</exception>
    public HolonReference FindByKey(string key, HolonReference? type)
    {
        var matches = WithKey(key, type is null ? null : Resolve(type).Id).ToList();
        if (matches.Count == 1) return ReferenceTo(matches[0]);
        if (matches.Count > 1) throw Ambiguous(key, [.. matches.Select(ReferenceTo)], "Name the type.");
        var message = $"No holon{(type is null ? "" : $" of type {Display(type.Id)}")} has the key \"{key}\".";
        throw new HolonException([new HolonError(HolonErrorCode.KeyNotFound, message) { Key = key }]);
    }

    /// <summary>The holon of an id, or one of its saved versions.</summary>
    /// <exception cref="HolonException">It is in another space, or there is none in view.</exception>
    public HolonReference FindById(HolonId id, int? version)
    {
        if (id.Space != State.Transaction.Space)
        {
            throw new HolonException(
                HolonErrorCode.OtherSpace, $"The holon {id} is in another space; links across spaces do not exist yet.");
        }

        if (version is not null) return Resolve(new SmartReference(State.Transaction, id.Local, version)).Reference;
        if (State.Nursery.Find(id.Local) is { } draft)
            return draft.IsLive ? new StagedReference(State.Transaction, id.Local) : throw NotFound(null, id.Local);
        return Resolve(new SmartReference(State.Transaction, id.Local)).Reference;
    }

    /// <summary>A page of the saved versions of a holon, newest first, also of a deleted one.</summary>
    /// <param name="holon">The holon.</param>
    /// <param name="after">The commit that saved the last version of the page before; null to start.</param>
    /// <param name="size">How many at most.</param>
    /// <exception cref="HolonException">It is transient, or was never there.</exception>
    public Page<long> History(HolonReference holon, long? after, int size) => _versions.History(holon, after, size);

    /// <summary>The version before a saved one or, for a staged holon, before the one that commit saves; null if none.</summary>
    public HolonReference? Predecessor(HolonReference holon) => _versions.Predecessor(holon);

    /// <summary>The type of a holon, or null.</summary>
    public HolonReference? Descriptor(HolonReference holon) =>
        Resolve(holon).Descriptor is { } type ? ReferenceTo(type) : null;

    /// <summary>The properties that the type of a holon declares along <c>Extends</c>, by name.</summary>
    public IReadOnlyList<HolonMember> AvailableProperties(HolonReference holon) =>
        ToTypes(ContractOf(Resolve(holon)).Properties.Select(pair => (pair.Key, pair.Value.Id)));

    /// <summary>The relationships that the type of a holon declares along <c>Extends</c>, by name.</summary>
    public IReadOnlyList<HolonMember> AvailableRelationships(HolonReference holon) =>
        ToTypes(ContractOf(Resolve(holon)).Relationships.Select(pair => (pair.Key, pair.Value.Facts.Id)));

    /// <summary>The dances that the type of a holon affords along <c>Extends</c>, by name.</summary>
    public IReadOnlyList<HolonMember> AvailableDances(HolonReference holon) =>
        ToTypes(ContractOf(Resolve(holon)).Dances.Select(pair => (pair.Key, pair.Value)));

    /// <summary>A page of the members of a relationship, by its declared or inverse name.</summary>
    /// <param name="holon">The holon.</param>
    /// <param name="name">The canonical name.</param>
    /// <param name="after">Where to continue; null to start.</param>
    /// <param name="size">How many members at most.</param>
    public Page<RelatedPosition> Related(HolonReference holon, string name, RelatedPosition? after, int size) =>
        ToPage(_related.Members(Resolve(holon), name, after), size);

    /// <summary>
    /// What the order of those members hangs on: positions of a page are good as long as this is the same. It is another
    /// one when the name means another relationship, or when members had to be numbered anew.
    /// </summary>
    public string RelatedOrder(HolonReference holon, string name) => _related.OrderOf(Resolve(holon), name);

    /// <summary>How many members a relationship has, by its declared or inverse name.</summary>
    public long RelatedCount(HolonReference holon, string name) => new RelatedCounts(this, _related, Resolve(holon)).Count(name).Count;

    /// <summary>The relationships of a holon that have members, by name, each with its count and first members.</summary>
    /// <param name="holon">The holon.</param>
    /// <param name="membersEach">How many members of each to tell; 0 for counts alone.</param>
    /// <param name="most">How many relationships and members to tell at most.</param>
    /// <exception cref="HolonException">There are more to tell.</exception>
    public IReadOnlyList<RelationshipSummary> Relationships(HolonReference holon, int membersEach, int most)
    {
        var current = Resolve(holon);
        var counts = new RelatedCounts(this, _related, current).All().ToList();
        if ((long)counts.Count * Math.Max(1, membersEach) > most)
        {
            var limit = most / counts.Count;
            var advice = limit > 0 ? $"Ask for at most {limit:N0} members of each." : "Ask for them by name, with RelatedHolons.";
            var message = $"The holon has {counts.Count:N0} relationships; at most {most:N0} members are told at once. {advice}";
            throw new HolonException(
                [new HolonError(HolonErrorCode.TooLarge, message) { Subject = holon, Field = "members_each", Limit = limit }]);
        }

        return [.. counts.Select(each => new RelationshipSummary(
            each.Name, each.IsInverse, each.Count,
            membersEach == 0 ? [] : ToPage(_related.Members(current, each.Name, null), membersEach).Members))];
    }

    /// <summary>The members of each declared relationship, in order, those in view alone.</summary>
    public IEnumerable<(string Name, IEnumerable<HolonReference> Members)> DeclaredMembers(HolonSnapshot holon) =>
        new RelatedCounts(this, _related, holon).Declared().Select(name => (
            name,
            _related.Members(holon, name, null).Where(member => Exists(member.Id)).Select(member => ReferenceTo(member.Id))));

    /// <summary>A holon in a sentence for a person.</summary>
    public string Summarize(HolonReference holon)
    {
        var current = Resolve(holon);
        return HolonSentence.Of(this, current, new RelatedCounts(this, _related, current).All().Count());
    }

    /// <summary>A page of the staged holons of a key, those staged for delete among them, or of the transient ones.</summary>
    /// <param name="pool">The nursery or the transient holons.</param>
    /// <param name="key">The key.</param>
    /// <param name="after">Where to continue; null to start.</param>
    /// <param name="size">How many at most.</param>
    public Page<ListPosition> DraftsByKey(DraftPool pool, string key, ListPosition? after, int size) =>
        ToPage(_drafts.WithKey(pool, key, after), size);

    /// <summary>The one staged or transient holon of a versioned key.</summary>
    /// <param name="pool">The nursery or the transient holons.</param>
    /// <param name="versionedKey">The key, two underscores and the version, as <see cref="HolonSnapshot.VersionedKey"/> has it.</param>
    /// <exception cref="HolonException">It has another form; or none, or several have it.</exception>
    public HolonReference DraftByVersionedKey(DraftPool pool, string versionedKey) => _drafts.Find(pool, versionedKey);

    /// <summary>A page of the holons in view.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="after">Where to continue; null to start.</param>
    /// <param name="size">How many at most.</param>
    public Page<ListPosition> List(ListFilter filter, ListPosition? after, int size) =>
        ToPage(_listing.Holons(filter, after), size);

    /// <summary>How a holon is named to a person: by its key, else its id.</summary>
    public string Display(LocalId id) => FindKey(id) is { } key ? $"\"{key}\"" : id.ToString();

    /// <summary>The key that a holon has here, deleted and abandoned ones included; null if none.</summary>
    public string? FindKey(LocalId id)
    {
        var key = (State.Nursery.Find(id) ?? State.Nursery.FindAbandoned(id))?.Key ?? State.Transients.Find(id)?.Key;
        return key ?? (Saved.FindHolon(id, State.Snapshot) is { } saved ? KeyOf(saved) : null);
    }

    /// <summary>Ids of the live holons in view of exactly that key, staged first.</summary>
    public IEnumerable<LocalId> WithKey(string key, LocalId? type)
    {
        var staged = State.Nursery.LiveWithKey(key)
            .Where(draft => type is null || draft.Descriptor == type).Select(draft => draft.Id);
        var saved = Saved.FindByKey(key, State.Snapshot)
            .Where(match => (type is null || match.Type == type) && State.Nursery.Find(match.Holon) is null)
            .Select(match => match.Holon);
        return staged.Concat(saved);
    }

    /// <summary>Whether a name is the inverse of a declared relationship that reaches a holon.</summary>
    public bool IsInverseName(HolonSnapshot holon, string name) =>
        !ContractOf(holon).Declares(name) && _related.InverseFacts(holon, name).Count > 0;

    /// <summary>The declared relationships that reach a holon under an inverse name.</summary>
    internal List<RelationshipFacts> InverseFacts(HolonSnapshot holon, string name) => _related.InverseFacts(holon, name);

    /// <summary>The same view, of which reads that take long are ended by another token.</summary>
    public TransactionView WithCancellation(CancellationToken cancellation) => With(State, Saved, cancellation);

    /// <summary>The view of another state of the transaction.</summary>
    internal TransactionView WithState(TransactionState state) => With(state, Saved, Cancellation);

    /// <summary>The same view, of which reads go through a service. Contracts do not: they are shared, and change with the schema epoch.</summary>
    internal TransactionView Through(IHolonService service) => With(State, service, Cancellation);

    /// <summary>The same view, of which reads go through a service, apart from those of what describes holons.</summary>
    internal TransactionView ThroughForHolons(IHolonService service) =>
        new(State, service, _savedContracts) { Types = Types, Descriptions = Descriptions, Cancellation = Cancellation, Tell = Tell };

    internal DescriptorLinks Descriptors => new(State, Descriptions);

    /// <summary>How many members in view a holon has under a declared name.</summary>
    internal long CountMembers(LocalId holon, string name)
    {
        if (State.Nursery.Find(holon) is not { Base: null } created) return Counts(holon).CountForward(name);
        // The most frequent case of validation: nothing of it is saved.
        var count = 0L;
        foreach (var slot in created.EditsOf(name).Added)
            if (!IsHidden(slot.Other) && Exists(slot.Other)) count++;
        return count;
    }

    /// <summary>How many links in view of a relationship lead to a holon.</summary>
    internal long CountSources(LocalId holon, RelationshipFacts facts) =>
        RelatedHolons.Relationships(facts).Sum(relationship => Counts(holon).CountReverse(relationship, facts));

    /// <summary>The members in view of a holon under a declared name, also of one that is staged for delete.</summary>
    internal IEnumerable<LocalId> Members(LocalId holon, string name) =>
        _related.Members(Resolve(ReferenceTo(holon)), name, null).Select(member => member.Id).Where(Exists);

    /// <summary>The sources in view of the links of a relationship to a holon, also to one that is staged for delete.</summary>
    internal IEnumerable<LocalId> Sources(LocalId holon, RelationshipFacts facts) =>
        _related.Sources(Resolve(ReferenceTo(holon)), facts).Where(Exists);

    /// <summary>A holon as it is in view; null when it is not: deleted, abandoned, or never there.</summary>
    internal HolonSnapshot? Find(LocalId id)
    {
        if (State.Nursery.Find(id) is { } staged)
            return staged.IsLive ? HolonSnapshot.Of(new StagedReference(State.Transaction, id), staged, State.Snapshot) : null;
        if (IsHidden(id)) return null;
        if (State.Transients.Find(id) is { } transient)
            return HolonSnapshot.Of(new TransientReference(State.Transaction, id), transient, State.Snapshot);
        return Saved.FindHolon(id, State.Snapshot) is { } saved
            ? HolonSnapshot.Of(new SmartReference(State.Transaction, id), saved, State.Snapshot)
            : null;
    }

    /// <summary>The ids of the holons in view that a filter means, in its order.</summary>
    internal IEnumerable<LocalId> Listed(ListFilter filter, ListPosition? after) => _listing.Holons(filter, after).Select(each => each.Id);

    internal IEnumerable<RelatedPosition> MembersOf(HolonSnapshot source, string name, RelatedPosition? after) =>
        _related.Members(source, name, after).Select(member => member.Position);

    internal IReadOnlyList<RelatedPosition> MembersTo(HolonSnapshot source, string name, LocalId target) =>
        _related.Between(source, name, target);

    /// <summary>Whether a holon of the nursery or the store is left out of the view.</summary>
    internal bool IsHidden(LocalId id) => State.Nursery.Hides(id);

    internal static string? KeyOf(SavedHolon saved) => (saved.Properties[Values.Names.Key] as Values.StringValue)?.Value;

    private TransactionView With(TransactionState state, IHolonService saved, CancellationToken cancellation) =>
        new(state, saved, _savedContracts) { Types = Types, Cancellation = cancellation, Tell = Tell };

    private RelatedCounts Counts(LocalId holon) => new(this, _related, Resolve(ReferenceTo(holon)));

    private Page<TPosition> ToPage<TPosition>(IEnumerable<(TPosition Position, LocalId Id)> members, int size)
        where TPosition : struct
    {
        var page = new List<HolonMember>();
        TPosition? last = null;
        foreach (var (position, id) in members)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (MemberOf(id) is not { } member) continue;
            // One more than asked for: only then is there a next page.
            if (page.Count == size) return new Page<TPosition>(page, last);
            page.Add(member);
            last = position;
        }

        return new Page<TPosition>(page, null);
    }

    private IReadOnlyList<HolonMember> ToTypes(IEnumerable<(string Name, LocalId Id)> types) =>
        [.. types.OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => MemberOf(type.Id)).OfType<HolonMember>()];

    /// <summary>The member, or null: an old version leads to holons, and a holon to a type, that were deleted since.</summary>
    private HolonMember? MemberOf(LocalId id) => State.Nursery.Find(id) is { } draft
        ? new HolonMember(new StagedReference(State.Transaction, id), draft.Key) // Also one staged for delete.
        : Find(id) is { } holon ? new HolonMember(holon.Reference, holon.Key) : null;

    /// <summary>Whether there is such a holon, staged, transient or saved.</summary>
    internal bool Exists(LocalId id) =>
        State.Nursery.Find(id) is not null || State.Transients.Find(id) is not null || Saved.FindHolon(id, State.Snapshot) is not null;

    /// <summary>The refusal of a key that several holons have.</summary>
    internal HolonException Ambiguous(string key, IReadOnlyList<HolonReference> candidates, string advice)
    {
        const int maxNamed = 10;
        var types = candidates.Take(maxNamed).Select(each => Resolve(each).Descriptor).Select(id => id is null ? "no type" : Display(id.Value));
        var more = candidates.Count > maxNamed ? " and more" : "";
        var named = $"{candidates.Count:N0} holons have the key \"{key}\" ({string.Join(", ", types)}{more})";
        var listed = candidates.Take(ErrorLists.MaxListed).ToList();
        return new HolonException([new HolonError(HolonErrorCode.AmbiguousKey, $"{named}. {advice}") { Key = key, Candidates = listed }]);
    }

    internal void RequireOwn(HolonReference reference)
    {
        if (reference.Transaction == State.Transaction) return;
        throw new HolonException(
            HolonErrorCode.CrossTransactionReference, "The reference was made by another transaction. Look the holon up in this one.", reference);
    }

    private HolonSnapshot FromDraft(HolonReference reference, HolonPool pool)
    {
        var draft = pool.Find(reference.Id) ?? pool.FindAbandoned(reference.Id) ?? throw NotFound(reference, reference.Id);
        return HolonSnapshot.Of(reference, draft, State.Snapshot);
    }

    private HolonSnapshot FromSaved(SmartReference reference)
    {
        if (reference.Version is not { } version)
        {
            var saved = Saved.FindHolon(reference.Id, State.Snapshot) ?? throw NotFound(reference, reference.Id);
            return HolonSnapshot.Of(reference, saved, State.Snapshot);
        }

        var pinned = Saved.FindVersion(reference.Id, version, State.Snapshot)
            ?? throw new HolonException(
                HolonErrorCode.VersionNotFound, $"The holon {reference.Id} has no version {version}.", reference);
        return HolonSnapshot.Of(reference, pinned, LinksAsOf(pinned));
    }

    /// <summary>The last commit at which a version was the current one: its links may change without a further version.</summary>
    private long LinksAsOf(SavedHolon pinned)
    {
        if (Saved.FindVersion(pinned.Id, pinned.Version + 1, State.Snapshot) is { } next) return next.Commit - 1;
        return Saved.FindEnd(pinned.Id, State.Snapshot) - 1 ?? State.Snapshot;
    }

    internal static HolonException NotFound(HolonReference? reference, LocalId id) => new(
        HolonErrorCode.HolonNotFound, $"There is no holon {id} in this transaction's view.", reference);
}
