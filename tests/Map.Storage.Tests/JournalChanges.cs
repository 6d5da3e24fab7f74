using System.Collections.Immutable;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;

namespace Map.Storage.Tests;

/// <summary>Random state changes of every kind, and their content as text.</summary>
internal sealed class JournalChanges(Random random, IReadOnlyList<SavedHolon> saved)
{
    private static readonly string[] _names = ["Likes", "Größe", "X", "InstanceRelationships"];

    /// <summary>How many kinds there are.</summary>
    internal const int Kinds = 16;

    internal StateChange Next(int kind) => kind switch
    {
        0 => new StageDraft(Draft()),
        1 => new StageDraft(DraftHolon.From(Saved(), Pick([HolonPhase.StagedForUpdate, HolonPhase.StagedForDelete]))),
        2 => new DropDraft(Id()),
        3 => new RebaseDraft(Saved()),
        4 => new SetProperties(Id(), Properties()),
        5 => new RemoveProperties(Id(), [.. Enumerable.Range(0, random.Next(4)).Select(_ => Name())]),
        6 => new SetPhase(Id(), Pick([HolonPhase.StagedForCreate, HolonPhase.StagedForUpdate, HolonPhase.StagedForDelete, HolonPhase.Abandoned])),
        7 => new SetDescriptor(Id(), Id()),
        8 => new NumberLinks(Id(), Name(), random.Next(2) == 0),
        9 => new AddLink(Id(), Name(), Slot()),
        10 => new TakeLink(Id(), Name(), Slot()),
        11 => new HideLink(Id(), Name(), new RelatedPosition(Id(), Slot())),
        12 => new ShowLink(Id(), Name(), new RelatedPosition(Id(), Slot())),
        14 => new MoveLink(Id(), Name(), new RelatedPosition(Id(), Slot()), Slot()),
        13 => new SetPredecessor(Id(), random.Next(2) == 0 ? null : Id()),
        _ => new MoveSnapshot(random.NextInt64(long.MaxValue), random.NextInt64(1_000)),
    };

    internal List<StateChange> List(int count) => [.. Enumerable.Range(0, count).Select(_ => Next(random.Next(Kinds)))];

    /// <summary>The whole content of a change.</summary>
    internal static string Show(StateChange change) => change switch
    {
        StageDraft stage => $"StageDraft {Show(stage.Draft)}",
        RebaseDraft rebase => $"RebaseDraft {Show(rebase.Base)}",
        SetProperties set => $"SetProperties {set.Holon} {Show(set.Properties)}",
        RemoveProperties remove => $"RemoveProperties {remove.Holon} {string.Join(',', remove.Names)}",
        _ => change.ToString(),
    };

    private static string Show(DraftHolon draft)
    {
        var links = draft.Links.Select(pair =>
            $"{pair.Key}: +{string.Join(',', pair.Value.Added)} -{string.Join(',', pair.Value.Removed)}");
        var from = draft.Base is null ? "" : Show(draft.Base);
        return $"{draft.Id} {draft.Phase} {draft.Descriptor} {Show(draft.Properties)} {string.Join(';', links)} {from}";
    }

    private static string Show(SavedHolon saved) =>
        $"{saved.Id} {saved.Version} {saved.Commit} {saved.Descriptor} {Show(saved.Properties)}";

    private static string Show(PropertyMap properties) => string.Join(',', properties.Select(pair =>
        $"{pair.Key}={pair.Value.Kind}:{(pair.Value is ArrayValue array ? string.Join('|', array.Items) : pair.Value)}"));

    private DraftHolon Draft()
    {
        var links = DraftHolon.NoLinks;
        foreach (var name in _names.Where(_ => random.Next(3) == 0))
            links = links.Add(name, new LinkEdits([.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Slot())], []));
        return new DraftHolon
        {
            Id = Id(),
            Phase = Pick([HolonPhase.Transient, HolonPhase.StagedForCreate]),
            Descriptor = random.Next(2) == 0 ? null : Id(),
            Properties = Properties(),
            Links = links,
        };
    }

    private PropertyMap Properties() => PropertyMap.Create(Enumerable.Range(0, random.Next(5))
        .Select(_ => KeyValuePair.Create(Name() + random.Next(3), Value())));

    private BaseValue Value() => random.Next(6) switch
    {
        0 => new StringValue(new string('ü', random.Next(50))),
        1 => new IntegerValue(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => new DoubleValue(random.NextDouble()),
        3 => new ArrayValue([new StringValue("a"), new StringValue("")]),
        4 => new EnumValue("Open"),
        _ => new BooleanValue(random.Next(2) == 0),
    };

    private LinkSlot Slot() => new((ulong)random.NextInt64() * (ulong)random.Next(3), Id(), (uint)random.Next(3));

    private LocalId Id()
    {
        var bytes = new byte[LocalId.Size];
        random.NextBytes(bytes);
        return LocalId.Read(bytes);
    }

    private SavedHolon Saved() => Pick(saved);

    private string Name() => Pick(_names);

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
