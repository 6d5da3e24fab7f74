using System.Globalization;
using System.Text;
using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>All that a transaction of the model holds: copied whole for each step.</summary>
internal sealed class ModelState
{
    public SortedDictionary<string, ModelHolon> Staged { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, ModelHolon> Transient { get; } = new(StringComparer.Ordinal);

    public bool IsHidden(string id) => Staged.GetValueOrDefault(id) is { IsLive: false };

    public ModelState Copy()
    {
        var copy = new ModelState();
        foreach (var (id, holon) in Staged) copy.Staged[id] = holon.Copy();
        foreach (var (id, holon) in Transient) copy.Transient[id] = holon.Copy();
        return copy;
    }
}

/// <summary>An open transaction of the model: its state, the states of undo and redo, and what it reads.</summary>
internal sealed class ModelTransaction(ModelSpace space, TransactionId id)
{
    private readonly Stack<ModelState> _undo = [];
    private readonly Stack<ModelState> _redo = [];

    public TransactionId Id => id;

    public ModelSpace Space => space;

    public ModelSnapshot Snapshot { get; } = space.Latest;

    public ModelState State { get; private set; } = new();

    /// <summary>Runs a step on a copy of the state, which is taken when the step does not refuse.</summary>
    public void Step(Action<ModelState> step)
    {
        var next = State.Copy();
        step(next);
        _undo.Push(State);
        _redo.Clear();
        State = next;
    }

    /// <summary>How many steps can be undone.</summary>
    public int CanUndo => _undo.Count;

    /// <summary>How many steps can be redone.</summary>
    public int CanRedo => _redo.Count;

    public void Undo() => Move(_undo, _redo, ErrorCode.NothingToUndo);

    public void Redo() => Move(_redo, _undo, ErrorCode.NothingToRedo);

    private void Move(Stack<ModelState> from, Stack<ModelState> to, ErrorCode nothing)
    {
        if (from.Count == 0) throw new ModelRefusal(nothing);
        to.Push(State);
        State = from.Pop();
    }

    /// <summary>Ids of the live holons in view: staged over saved, by age.</summary>
    public IEnumerable<string> View() =>
        Snapshot.Holons.Keys.Union(State.Staged.Keys).Where(each => !State.IsHidden(each)).Order(StringComparer.Ordinal);

    /// <summary>A holon as the view has it.</summary>
    public ModelHolon InView(string holon) => State.Staged.GetValueOrDefault(holon) ?? Snapshot.Holons[holon];

    public IEnumerable<string> WithKey(string key, string? type = null) =>
        View().Where(each => InView(each).Key == key && (type is null || InView(each).Type == type));

    public HolonReference ReferenceTo(string holon) =>
        State.Staged.ContainsKey(holon) ? Staged(holon) : State.Transient.ContainsKey(holon) ? Transient(holon) : Saved(holon);

    public HolonReference Staged(string holon) => new() { TransactionId = id, Staged = new StagedRef { LocalId = ToBytes(holon) } };

    public HolonReference Transient(string holon) => new() { TransactionId = id, Transient = new TransientRef { LocalId = ToBytes(holon) } };

    public HolonReference Saved(string holon, uint? version = null)
    {
        var smart = new SmartRef { HolonId = new HolonId { SpaceId = id.SpaceId, LocalId = ToBytes(holon) } };
        if (version is { } pinned) smart.Version = pinned;
        return new HolonReference { TransactionId = id, Smart = smart };
    }

    public static string IdOf(HolonReference reference) => ToText(reference.KindCase switch
    {
        HolonReference.KindOneofCase.Transient => reference.Transient.LocalId,
        HolonReference.KindOneofCase.Staged => reference.Staged.LocalId,
        _ => reference.Smart.HolonId.LocalId,
    });

    public static string ToText(ByteString id) => Convert.ToHexStringLower(id.Span);

    /// <summary>What a reference means.</summary>
    /// <exception cref="ModelRefusal">It means nothing in this transaction.</exception>
    public ModelHolon Resolve(ModelState state, HolonReference reference)
    {
        if (!reference.TransactionId.Equals(id)) throw new ModelRefusal(ErrorCode.CrossTransactionReference);
        var holon = IdOf(reference);
        if (reference.Smart is { HasVersion: true })
            return space.FindVersion(holon, reference.Smart.Version, Snapshot.Number) ?? throw new ModelRefusal(ErrorCode.VersionNotFound);
        var found = reference.KindCase switch
        {
            HolonReference.KindOneofCase.Transient => state.Transient.GetValueOrDefault(holon),
            HolonReference.KindOneofCase.Staged => state.Staged.GetValueOrDefault(holon),
            _ => Snapshot.Find(holon),
        };
        return found ?? throw new ModelRefusal(ErrorCode.HolonNotFound);
    }

    /// <summary>A holon as <see cref="ViewDump"/> shows it.</summary>
    public string Show(HolonReference reference)
    {
        var text = new StringBuilder();
        var holon = Resolve(State, reference);
        var type = holon.Type is null ? "no type" : ViewDump.Show(ReferenceTo(holon.Type));
        text.AppendLine(CultureInfo.InvariantCulture, $"{ViewDump.Show(reference)}: {holon.Phase} version {holon.Version} of {type}");
        foreach (var (name, value) in holon.Properties) text.AppendLine(CultureInfo.InvariantCulture, $"  {name} = {value}");
        foreach (var name in TestSchema.RelationshipNames)
        {
            var members = Members(holon, name).Where(each => !State.IsHidden(each)).Select(each => ViewDump.Show(ReferenceTo(each))).ToList();
            if (members.Count > 0) text.AppendLine(CultureInfo.InvariantCulture, $"  {name} -> {string.Join(", ", members)}");
        }

        return text.ToString();
    }

    /// <summary>The whole view as <see cref="ViewDump"/> shows it.</summary>
    public string Show()
    {
        var text = new StringBuilder();
        foreach (var holon in View())
        {
            text.Append(Show(ReferenceTo(holon)));
            if (InView(holon).Key is not { } key) continue;
            var found = WithKey(key).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"  by key: {(found.Count == 1 ? ViewDump.Show(ReferenceTo(found[0])) : ErrorCode.AmbiguousKey)}");
        }

        return text.ToString();
    }

    private IEnumerable<string> Members(ModelHolon holon, string name)
    {
        if (!ModelRule.Inverse.TryGetValue(name, out var declared))
            return holon.Links.TryGetValue(name, out var links) ? links.Select(link => link.Target) : [];
        if (!space.HasInverse(holon.Type, name)) return [];
        var sources = holon.Phase == HolonPhase.Transient ? State.Transient.Values : View().Select(InView);
        return sources.SelectMany(source => (source.Links.GetValueOrDefault(declared) ?? [])
            .Where(link => link.Target == holon.Id).Select(_ => source.Id));
    }

    private static ByteString ToBytes(string holon) => ByteString.CopyFrom(Convert.FromHexString(holon));
}
