using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.References;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Types;
using Map.Core.Views;

namespace Map.Core.Validation;

/// <summary>One judging of a view: what was found so far, and what was read for it.</summary>
internal sealed class Judgement(TransactionView view)
{
    private readonly DescriptorLinks _descriptors = view.Descriptors;
    private readonly List<HolonError> _violations = [];
    private readonly List<HolonError> _warnings = [];
    private readonly Dictionary<LocalId, LocalId?> _types = [];
    private readonly HashSet<LocalId> _gone = [];
    private readonly HashSet<LinkGroupId> _groups = [];
    private readonly HashSet<LocalId> _retyped = [];
    private readonly HashSet<LocalId> _faulty = [];
    private readonly Dictionary<(LocalId Type, LocalId Of), bool> _isKind = [];
    private (LocalId Type, LocalId Of) _lastKind;
    private ReliedFacts _read = ReliedFacts.None;
    private long _unlisted;

    /// <summary>What is judged.</summary>
    public TransactionView View { get; } = view;

    /// <summary>The descriptors in view.</summary>
    public DescriptorLinks Descriptors => _descriptors;

    /// <summary>The staged holons.</summary>
    public HolonPool Nursery => View.State.Nursery;

    /// <summary>Notes a violation.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="holon">The holon.</param>
    /// <param name="member">Its property or relationship.</param>
    /// <param name="sentence">What is wrong and what to do, for a person.</param>
    /// <param name="code">The code, where it is not that of the rule.</param>
    public void Violation(TypeRule rule, LocalId holon, string? member, string sentence, HolonErrorCode? code = null)
    {
        _faulty.Add(holon);
        Find(ToError(rule, code ?? rule.Code(), holon, member, sentence));
    }

    /// <summary>Notes what is wrong.</summary>
    public void Find(HolonError violation)
    {
        // Structural ones are always listed: a space that only reports fails by them.
        if (_violations.Count >= ErrorLists.MaxListed && violation.Rule?.IsStructural() != true) _unlisted++;
        else _violations.Add(violation);
    }

    /// <summary>Notes a warning.</summary>
    public void Warning(TypeRule rule, LocalId holon, string sentence, IReadOnlyList<LocalId> concerned) => _warnings.Add(
        ToError(rule, rule.Code(), holon, null, sentence) with { Candidates = [.. concerned.Select(View.ReferenceTo)] });

    /// <summary>Whether nothing was found so far.</summary>
    public bool IsClean => _violations.Count == 0;

    /// <summary>Whether something was found wrong with a holon, by the rules of its types.</summary>
    public bool IsFaulty(LocalId holon) => _faulty.Contains(holon);

    /// <summary>The sentences of what was found so far.</summary>
    public IEnumerable<string> Sentences => _violations.Select(violation => violation.Message);

    /// <summary>Everything found.</summary>
    public ValidationReport ToReport()
    {
        if (_unlisted > 0)
            _violations.Add(new HolonError(HolonErrorCode.MoreErrors, $"{_unlisted:N0} more violations are not listed.") { Limit = ErrorLists.MaxListed });
        _groups.UnionWith(_read.Groups);
        var relied = new ReliedFacts
        {
            Groups = _groups,
            Types = _types,
            Retyped = _retyped,
            Holons = _read.Holons,
            Sides = _read.Sides,
            Listed = _read.Listed,
            Keys = _read.Keys,
            ReadsAll = _read.ReadsAll,
        };
        return new ValidationReport(_violations, _warnings, relied);
    }

    /// <summary>
    /// The type of a holon as it will be after the commit. That of a saved holon which gets no other here is relied on: as it
    /// is saved by now, since one of which nothing else is staged than links stays as it is.
    /// </summary>
    public LocalId? TypeOf(LocalId holon)
    {
        if (Nursery.Find(holon) is { } draft && (draft.Base is null || draft.Base.Descriptor != draft.Descriptor)) return draft.Descriptor;
        if (_types.TryGetValue(holon, out var known)) return known;
        if (_gone.Contains(holon)) return null;
        if (View.Saved.FindHolon(holon, View.State.Snapshot) is not { } saved)
        {
            _gone.Add(holon);
            return null;
        }

        _types.Add(holon, saved.Descriptor);
        return saved.Descriptor;
    }

    /// <summary>Whether a holon was deleted by another commit. That is for the store to tell, as a conflict.</summary>
    public bool IsGone(LocalId holon)
    {
        TypeOf(holon);
        return _gone.Contains(holon);
    }

    /// <summary>Whether a holon is an instance of a type or of one that extends it; of a type also whether it extends it itself.</summary>
    public bool Conforms(LocalId holon, LocalId type) =>
        (TypeOf(holon) is { } described && IsKind(described, type)) || (IsType(holon) && IsKind(holon, type));

    /// <summary>Whether a holon is a type.</summary>
    public bool IsType(LocalId holon) => _descriptors.TypeName(holon) is not null;

    /// <summary>
    /// What is said of links to a holon: by its type, and if it is a type itself, also by what it extends (a property type is
    /// a target of relationships to PropertyType).
    /// </summary>
    public IEnumerable<RelationshipRule> IncomingRules(LocalId holon, LocalId? type)
    {
        var described = View.ContractOf(type).Incoming;
        return IsType(holon) ? described.Concat(View.ContractOf(holon).Incoming).DistinctBy(rule => rule.Facts.Id) : described;
    }

    /// <summary>
    /// Those of which the number of sources is bounded. A type is asked for a minimum by its own type alone: that every loan
    /// has a borrower does not say so of the type Loan.
    /// </summary>
    public IEnumerable<RelationshipRule> BoundedIncomingRules(LocalId holon, LocalId? type)
    {
        var described = View.ContractOf(type).BoundedIncoming;
        if (!IsType(holon)) return described;
        var extended = View.ContractOf(holon).BoundedIncoming
            .Where(rule => rule.Inverse!.Bounds.Max is not null)
            .Select(rule => rule with { Inverse = rule.Inverse! with { Bounds = rule.Inverse.Bounds with { Min = 0 } } });
        return described.Concat(extended).DistinctBy(rule => rule.Facts.Id);
    }

    /// <summary>Notes that the links of a relationship of a holon were counted.</summary>
    public void Rely(LocalId holon, LinkDirection direction, RelationshipFacts facts)
    {
        if (Nursery.Find(holon) is { Base: null }) return;
        foreach (var relationship in RelatedHolons.Relationships(facts)) _groups.Add(new LinkGroupId(holon, direction, relationship));
    }

    /// <summary>Notes that all links of a holon were judged, which gets another type.</summary>
    public void RelyOnLinks(LocalId holon) => _retyped.Add(holon);

    /// <summary>Notes what validators read.</summary>
    public void Rely(ReliedFacts read) => _read = read;

    /// <summary>How a holon is named to a person: by its key, and without one by its type and id.</summary>
    public string Display(LocalId holon) =>
        View.FindKey(holon) is null && TypeOf(holon) is { } type ? $"{NameOf(type)} {holon}" : View.Display(holon);

    /// <summary>What type a holon is of, to follow its name.</summary>
    public string DisplayType(LocalId holon) => TypeOf(holon) is { } type ? $"of type {NameOf(type)}" : "without a type";

    /// <summary>How a type is named to a person.</summary>
    public string NameOf(LocalId? type) =>
        type is not { } id ? "no type" : _descriptors.TypeName(id) ?? View.Display(id);

    private bool IsKind(LocalId type, LocalId of)
    {
        if (type == of) return true;
        // Links of one relationship mostly lead to holons of one type.
        if (_lastKind == (type, of)) return true;
        if (!_isKind.TryGetValue((type, of), out var isKind))
        {
            isKind = View.ContractOf(type).Lineage.Contains(of);
            _isKind.Add((type, of), isKind);
        }

        if (isKind) _lastKind = (type, of);
        return isKind;
    }

    private HolonError ToError(TypeRule rule, HolonErrorCode code, LocalId holon, string? member, string sentence) => new(code, sentence)
    {
        Subject = View.ReferenceTo(holon),
        Field = member,
        Rule = rule,
    };
}
