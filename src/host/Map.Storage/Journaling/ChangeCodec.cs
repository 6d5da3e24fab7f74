using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Storage.Encoding;

namespace Map.Storage.Journaling;

/// <summary>State changes as bytes: the kind, then the content. docs/storage-format.md has the table.</summary>
internal static class ChangeCodec
{
    private enum Kind : byte
    {
        StageDraft = 1,
        StageSaved = 2,
        DropDraft = 3,
        RebaseDraft = 4,
        SetProperties = 5,
        RemoveProperties = 6,
        SetPhase = 7,
        SetDescriptor = 8,
        NumberLinks = 9,
        AddLink = 10,
        TakeLink = 11,
        HideLink = 12,
        ShowLink = 13,
        MoveSnapshot = 14,
        SetPredecessor = 15,
        NoPredecessor = 16,
        MoveLink = 17,
    }

    internal static void Write(ByteWriter target, StateChange change)
    {
        switch (change)
        {
            case StageDraft { Draft.Base: null } stage:
                target.Byte((byte)Kind.StageDraft);
                DraftCodec.Write(target, stage.Draft);
                break;
            case StageDraft stage:
                target.Byte((byte)Kind.StageSaved);
                DraftCodec.WriteSaved(target, stage.Draft);
                break;
            case DropDraft drop:
                Start(target, Kind.DropDraft, drop.Holon);
                break;
            case RebaseDraft rebase:
                Start(target, Kind.RebaseDraft, rebase.Base.Id);
                target.Count(rebase.Base.Version);
                break;
            case SetProperties set:
                Start(target, Kind.SetProperties, set.Holon);
                ValueCodec.Write(target, set.Properties);
                break;
            case RemoveProperties remove:
                Start(target, Kind.RemoveProperties, remove.Holon);
                target.Count(remove.Names.Count);
                foreach (var name in remove.Names) target.Text(name);
                break;
            case SetPhase set:
                Start(target, Kind.SetPhase, set.Holon);
                target.Byte((byte)set.Phase);
                break;
            case SetDescriptor set:
                Start(target, Kind.SetDescriptor, set.Holon);
                target.Id(set.Descriptor);
                break;
            case SetPredecessor { Predecessor: { } origin } set:
                Start(target, Kind.SetPredecessor, set.Holon);
                target.Id(origin);
                break;
            case SetPredecessor none:
                Start(target, Kind.NoPredecessor, none.Holon);
                break;
            case MoveSnapshot move:
                target.Byte((byte)Kind.MoveSnapshot);
                target.Count(move.Snapshot);
                target.Count(move.SchemaEpoch);
                break;
            default:
                WriteLinks(target, change);
                break;
        }
    }

    /// <summary>Reads a change.</summary>
    /// <param name="source">Where it stands.</param>
    /// <param name="saved">The saved versions that drafts are staged from.</param>
    internal static StateChange Read(ref ByteReader source, SavedVersions saved)
    {
        var kind = (Kind)source.Byte();
        if (kind == Kind.StageDraft) return new StageDraft(DraftCodec.Read(ref source));
        if (kind == Kind.StageSaved) return new StageDraft(DraftCodec.ReadSaved(ref source, saved));
        if (kind == Kind.MoveSnapshot) return ReadSnapshot(ref source);
        var holon = source.Id();
        return kind switch
        {
            Kind.DropDraft => new DropDraft(holon),
            Kind.RebaseDraft => new RebaseDraft(saved.Find(ref source, holon)),
            Kind.SetProperties => new SetProperties(holon, ValueCodec.Read(ref source)),
            Kind.RemoveProperties => new RemoveProperties(holon, ReadNames(ref source)),
            Kind.SetPhase => new SetPhase(holon, DraftCodec.ReadPhase(ref source)),
            Kind.SetDescriptor => new SetDescriptor(holon, source.Id()),
            Kind.SetPredecessor => new SetPredecessor(holon, source.Id()),
            Kind.NoPredecessor => new SetPredecessor(holon, null),
            _ => ReadLinks(ref source, kind, holon),
        };
    }

    private static void Start(ByteWriter target, Kind kind, LocalId holon)
    {
        target.Byte((byte)kind);
        target.Id(holon);
    }

    private static void Start(ByteWriter target, Kind kind, LocalId holon, string name)
    {
        Start(target, kind, holon);
        target.Text(name);
    }

    private static void WriteLinks(ByteWriter target, StateChange change)
    {
        switch (change)
        {
            case NumberLinks number:
                Start(target, Kind.NumberLinks, number.Holon, number.Name);
                target.Byte(number.IsOrdered ? (byte)1 : (byte)0);
                break;
            case AddLink add:
                Start(target, Kind.AddLink, add.Holon, add.Name);
                DraftCodec.Write(target, add.Slot);
                break;
            case TakeLink take:
                Start(target, Kind.TakeLink, take.Holon, take.Name);
                DraftCodec.Write(target, take.Slot);
                break;
            case MoveLink move:
                Start(target, Kind.MoveLink, move.Holon, move.Name);
                Write(target, move.From);
                DraftCodec.Write(target, move.To);
                break;
            case HideLink hide:
                Start(target, Kind.HideLink, hide.Holon, hide.Name);
                Write(target, hide.Link);
                break;
            case ShowLink show:
                Start(target, Kind.ShowLink, show.Holon, show.Name);
                Write(target, show.Link);
                break;
            default:
                throw new InvalidOperationException($"Changes of kind {change.GetType().Name} cannot be journaled.");
        }
    }

    private static StateChange ReadLinks(ref ByteReader source, Kind kind, LocalId holon)
    {
        if (kind is (< Kind.NumberLinks or > Kind.ShowLink) and not Kind.MoveLink) source.Damaged($"a change is of kind {(byte)kind}");
        var name = NameCache.Get(source.TextBytes());
        return kind switch
        {
            Kind.NumberLinks => new NumberLinks(holon, name, ReadBoolean(ref source)),
            Kind.AddLink => new AddLink(holon, name, DraftCodec.ReadSlot(ref source)),
            Kind.TakeLink => new TakeLink(holon, name, DraftCodec.ReadSlot(ref source)),
            Kind.MoveLink => new MoveLink(holon, name, ReadLink(ref source), DraftCodec.ReadSlot(ref source)),
            Kind.HideLink => new HideLink(holon, name, ReadLink(ref source)),
            _ => new ShowLink(holon, name, ReadLink(ref source)),
        };
    }

    private static MoveSnapshot ReadSnapshot(ref ByteReader source)
    {
        var snapshot = source.Count();
        return new MoveSnapshot(snapshot, source.Count());
    }

    private static string[] ReadNames(ref ByteReader source)
    {
        var names = new string[source.Items(1)];
        for (var i = 0; i < names.Length; i++) names[i] = NameCache.Get(source.TextBytes());
        return names;
    }

    private static void Write(ByteWriter target, RelatedPosition link)
    {
        target.Id(link.Relationship);
        DraftCodec.Write(target, link.Slot);
    }

    private static RelatedPosition ReadLink(ref ByteReader source)
    {
        var relationship = source.Id();
        return new RelatedPosition(relationship, DraftCodec.ReadSlot(ref source));
    }

    private static bool ReadBoolean(ref ByteReader source)
    {
        var value = source.Byte();
        if (value > 1) source.Damaged("a boolean is neither true nor false");
        return value == 1;
    }
}
