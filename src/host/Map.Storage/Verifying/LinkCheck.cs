using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>Walks the links from both sides, live and past ones: each row has its counterpart, and ends that live.</summary>
internal sealed class LinkCheck(VerifyScene scene, RecordedRows recorded) : GroupCheck(scene, _layout)
{
    private static readonly GroupLayout _layout = new(
        ColumnFamily.Links, ColumnFamily.LinksPast, ColumnFamily.LinkHeads, RowKeys.LinkGroupSize, RowKeys.LinkSize);

    private long _live;
    private long _past;

    /// <inheritdoc/>
    protected override bool MayAddWithoutRow => true;

    /// <inheritdoc/>
    protected override void CheckLive(ReadOnlySpan<byte> key, MemberRow row)
    {
        if (IsForward(key)) _live++;
        CheckCounterpart(ColumnFamily.Links, key, row, removal: null);
    }

    /// <inheritdoc/>
    protected override void CheckPast(ReadOnlySpan<byte> member, MemberRow row, long removal)
    {
        if (IsForward(member)) _past++;
        CheckCounterpart(ColumnFamily.LinksPast, member, row, removal);
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
        if (_live > recorded.LiveLinks || _past > recorded.PastLinks) new ExtraRows(Scene).FindLinks();
    }

    private static bool IsForward(ReadOnlySpan<byte> key) => key[LocalId.Size] == (byte)LinkDirection.Forward;

    /// <summary>Each side has a row, and both say the same.</summary>
    private void CheckCounterpart(ColumnFamily family, ReadOnlySpan<byte> key, MemberRow row, long? removal)
    {
        if (key[LocalId.Size] > (byte)LinkDirection.Reverse)
        {
            Scene.Report(family, $"Row {Convert.ToHexStringLower(key)} has no direction.");
            return;
        }

        var isForward = IsForward(key);
        var holon = LocalId.Read(key[..LocalId.Size]);
        var relationship = LocalId.Read(key.Slice(RowKeys.LinkSideSize, LocalId.Size));
        var slot = RowKeys.ReadSlot(key[RowKeys.LinkGroupSize..]);
        var order = isForward ? slot.Order : row.ForwardOrder;
        Span<byte> buffer = stackalloc byte[RowKeys.MaxMemberSize];
        var other = removal is null ? buffer[..RowKeys.LinkSize] : buffer;
        RowKeys.WriteLink(
            other, slot.Other, isForward ? LinkDirection.Reverse : LinkDirection.Forward, relationship,
            new LinkSlot(isForward ? 0 : order, holon, slot.Occurrence));
        if (removal is { } commit) RowKeys.WriteInverse(other[RowKeys.LinkSize..], commit);
        using var value = Scene.Get(family, other);
        var (source, target) = isForward ? (holon, slot.Other) : (slot.Other, holon);
        var link = $"The link {source} -> {target} of relationship {relationship}"
            + (removal is null ? "" : $", removed by commit {removal},");
        if (!value.Exists)
        {
            Scene.Report(family, $"{link} has no row at its {(isForward ? "target" : "source")}.");
            return;
        }

        // Told once, from the source.
        var counterpart = MemberRow.Read(value.Bytes);
        if (isForward && (counterpart.Added != row.Added || counterpart.ForwardOrder != order || row.ForwardOrder != 0))
            Scene.Report(
                family,
                $"{link} is of commit {row.Added} and order {order} at its source, and of commit {counterpart.Added} and "
                + $"order {counterpart.ForwardOrder} at its target.");
    }
}
