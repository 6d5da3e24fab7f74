using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the links from both sides, live and past ones: each row has its counterpart, and ends that live.</summary>
internal sealed class LinkCheck(VerifyScene scene, RecordedRows recorded) : GroupCheck(scene, _layout)
{
    private static readonly GroupLayout _layout = new(
        ColumnFamily.Links, ColumnFamily.LinkHeads, RowKeys.LinkGroupSize, RowKeys.LinkSize);

    private long _links;
    private long _removed;

    /// <inheritdoc/>
    protected override bool MayAddWithoutRow => true;

    /// <inheritdoc/>
    protected override void CheckMember(ReadOnlySpan<byte> key, MemberRow row)
    {
        if (key[LocalId.Size] > (byte)LinkDirection.Reverse)
        {
            Scene.Report(ColumnFamily.Links, $"Row {Convert.ToHexStringLower(key)} has no direction.");
            return;
        }

        var isForward = IsForward(key);
        if (isForward) _links++;
        if (isForward && !row.IsLive) _removed++;
        CheckCounterpart(key, row, isForward);
    }

    /// <inheritdoc/>
    protected override void CheckLiveGroup(ReadOnlySpan<byte> group)
    {
        var holon = LocalId.Read(group[..LocalId.Size]);
        if (!Scene.IsLive(holon)) Scene.Report(ColumnFamily.Links, $"{Describe(group)} are there although it does not live.");
    }

    /// <summary>Where no type declares a relationship, its head alone knows its name.</summary>
    protected override void CheckHead(ReadOnlySpan<byte> group, GroupHead head)
    {
        var relationship = LocalId.Read(group.Slice(RowKeys.LinkSideSize, LocalId.Size));
        if (relationship.IsOfName != (head.Name is not null)
            || head.Name is { } name && LocalId.OfName(name) != relationship)
            Scene.Report(
                ColumnFamily.LinkHeads,
                $"{Describe(group)} have the name {(head.Name is null ? "of no relationship" : $"\"{head.Name}\"")}, which is "
                + "not that of their relationship.");
    }

    /// <inheritdoc/>
    protected override string Describe(ReadOnlySpan<byte> group) =>
        $"The {(IsForward(group) ? "links" : "reverse links")} of relationship "
        + $"{LocalId.Read(group.Slice(RowKeys.LinkSideSize, LocalId.Size))} at holon {LocalId.Read(group[..LocalId.Size])}";

    /// <inheritdoc/>
    protected override void Finish(bool isWhole)
    {
        if (!isWhole || Scene.IsAnythingUnreadable || !recorded.IsComplete) return;
        if (_links > recorded.AddedLinks || _removed > recorded.RemovedLinks) new ExtraRows(Scene).FindLinks();
    }

    private static bool IsForward(ReadOnlySpan<byte> key) => key[LocalId.Size] == (byte)LinkDirection.Forward;

    /// <summary>At the last moment that the link was there, each side has a row, and both say the same.</summary>
    private void CheckCounterpart(ReadOnlySpan<byte> key, MemberRow row, bool isForward)
    {
        var holon = LocalId.Read(key[..LocalId.Size]);
        var relationship = LocalId.Read(key.Slice(RowKeys.LinkSideSize, LocalId.Size));
        var slot = RowKeys.ReadLinkSlot(key);
        var order = isForward ? slot.Order : row.ForwardOrder;
        var counterpart = Scene.FindLink(
            slot.Other, isForward ? LinkDirection.Reverse : LinkDirection.Forward, relationship,
            new LinkSlot(isForward ? 0 : order, holon, slot.Occurrence), row.IsLive ? Scene.Head.Number : row.Removed - 1);
        var (source, target) = isForward ? (holon, slot.Other) : (slot.Other, holon);
        var link = $"The link {source} -> {target} of relationship {relationship}{(row.IsLive ? "" : $", removed by commit {row.Removed},")}";
        if (counterpart is not { } other || other.Removed != row.Removed)
        {
            Scene.Report(ColumnFamily.Links, $"{link} has no row at its {(isForward ? "target" : "source")}.");
            return;
        }

        // Told once, from the source.
        if (isForward && (other.Added != row.Added || other.ForwardOrder != order || row.ForwardOrder != 0))
            Scene.Report(
                ColumnFamily.Links,
                $"{link} is of commit {row.Added} and order {order} at its source, and of commit {other.Added} and order "
                + $"{other.ForwardOrder} at its target.");
    }
}
