using System.Collections.Immutable;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Storage.Encoding;

namespace Map.Storage.Journaling;

/// <summary>Drafts as bytes, as they are when they are staged.</summary>
internal static class DraftCodec
{
    private const byte PhaseBits = 0x0f;
    private const byte HasDescriptor = 0x10;

    /// <summary>An empty name with no links, and the shortest link.</summary>
    private const int MinLinksSize = 2;
    private const int MinSlotSize = 2 + LocalId.Size;

    /// <summary>Writes a draft that no saved version underlies.</summary>
    internal static void Write(ByteWriter target, DraftHolon draft)
    {
        var flags = draft.Descriptor is null ? 0 : HasDescriptor;
        Invariant.Require(draft.Predecessor is null, "a draft gets its predecessor by a change of its own");
        target.Byte((byte)((byte)draft.Phase | flags));
        target.Id(draft.Id);
        if (draft.Descriptor is { } descriptor) target.Id(descriptor);
        ValueCodec.Write(target, draft.Properties);
        target.Count(draft.Links.Count);
        foreach (var (name, edits) in draft.Links)
        {
            Invariant.Require(edits.Removed.IsEmpty, "a new holon has no saved links to remove");
            target.Text(name);
            target.Count(edits.Added.Count);
            foreach (var slot in edits.Added) Write(target, slot);
        }
    }

    /// <summary>Writes a draft that is still as the saved version that it comes from.</summary>
    internal static void WriteSaved(ByteWriter target, DraftHolon draft)
    {
        Invariant.Require(
            draft.Links.IsEmpty && ReferenceEquals(draft.Properties, draft.Base!.Properties)
                && draft.Descriptor == draft.Base.Descriptor,
            "a draft starts as the version that it is staged from");
        target.Byte((byte)draft.Phase);
        target.Id(draft.Id);
        target.Count(draft.Base.Version);
    }

    internal static DraftHolon Read(ref ByteReader source)
    {
        var flags = source.Byte();
        if ((flags & ~(PhaseBits | HasDescriptor)) != 0) source.Damaged("a draft has unknown flags");
        return new DraftHolon
        {
            Phase = ToPhase(ref source, (byte)(flags & PhaseBits)),
            Id = source.Id(),
            Descriptor = (flags & HasDescriptor) != 0 ? source.Id() : null,
            Properties = ValueCodec.Read(ref source),
            Links = ReadLinks(ref source),
        };
    }

    internal static DraftHolon ReadSaved(ref ByteReader source, SavedVersions saved)
    {
        var phase = ReadPhase(ref source);
        return DraftHolon.From(saved.Find(ref source, source.Id()), phase);
    }

    internal static HolonPhase ReadPhase(ref ByteReader source) => ToPhase(ref source, source.Byte());

    internal static void Write(ByteWriter target, LinkSlot slot)
    {
        target.Varint(slot.Order);
        target.Id(slot.Other);
        target.Varint(slot.Occurrence);
    }

    internal static LinkSlot ReadSlot(ref ByteReader source)
    {
        var order = source.Varint();
        var other = source.Id();
        var occurrence = source.Varint();
        if (occurrence > uint.MaxValue) source.Damaged("an occurrence is out of range");
        return new LinkSlot(order, other, (uint)occurrence);
    }

    private static HolonPhase ToPhase(ref ByteReader source, byte value)
    {
        var phase = (HolonPhase)value;
        if (phase is < HolonPhase.Transient or > HolonPhase.Abandoned) source.Damaged($"a draft is in phase {value}");
        return phase;
    }

    private static ImmutableSortedDictionary<string, LinkEdits> ReadLinks(ref ByteReader source)
    {
        var count = source.Items(MinLinksSize);
        if (count == 0) return DraftHolon.NoLinks;
        var links = DraftHolon.NoLinks.ToBuilder();
        for (var i = 0; i < count; i++)
        {
            var name = NameCache.Get(source.TextBytes());
            var slots = new LinkSlot[source.Items(MinSlotSize)];
            for (var j = 0; j < slots.Length; j++) slots[j] = ReadSlot(ref source);
            if (slots.Length == 0 || links.ContainsKey(name)) source.Damaged("a draft names a relationship twice or without links");
            links.Add(name, new LinkEdits([.. slots], []));
        }

        return links.ToImmutable();
    }
}

/// <summary>The saved versions that a journal names.</summary>
/// <param name="find">Finds one; null when there is none.</param>
internal sealed class SavedVersions(Func<LocalId, int, SavedHolon?> find)
{
    /// <summary>Reads a version number, and answers that version of a holon.</summary>
    internal SavedHolon Find(ref ByteReader source, LocalId holon)
    {
        var version = source.Count();
        var found = version is > 0 and <= int.MaxValue ? find(holon, (int)version) : null;
        if (found is null) source.Damaged($"it is about version {version} of {holon}, which is not saved");
        return found;
    }
}
