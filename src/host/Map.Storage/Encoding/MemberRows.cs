using Map.Core.Identity;

namespace Map.Storage.Encoding;

/// <summary>A row in `links` or `types`: when somebody was a member, as far as its period tells.</summary>
/// <param name="Added">The commit that added the member; it ends the key.</param>
/// <param name="Removed">The commit that removed it; 0 when it was there to the end of the period.</param>
/// <param name="ForwardOrder">In reverse link rows: the order on the source's side; else 0.</param>
internal readonly record struct MemberRow(long Added, long Removed = 0, ulong ForwardOrder = 0)
{
    private const byte Version = 1;
    private const byte HasOrder = 0x10;
    private const byte HasRemoval = 0x20;

    /// <summary>The value of a period's first row, which has the period alone as its key.</summary>
    internal static ReadOnlySpan<byte> PeriodValue => [Version];

    /// <summary>Whether the end of the period found it there.</summary>
    internal bool IsLive => Removed == 0;

    /// <summary>Whether it was a member as of a commit of the period.</summary>
    internal bool IsThereAsOf(long commit) => Added <= commit && (IsLive || Removed > commit);

    /// <summary>Writes the value.</summary>
    internal static void Write(ByteWriter target, MemberRow row)
    {
        target.Byte((byte)(Version | (row.ForwardOrder == 0 ? 0 : HasOrder) | (row.IsLive ? 0 : HasRemoval)));
        if (!row.IsLive) target.Count(row.Removed);
        if (row.ForwardOrder != 0) target.Fixed64(row.ForwardOrder);
    }

    internal static MemberRow Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "link or membership row");
        var flags = reader.Header(Version, HasOrder | HasRemoval);
        var removed = (flags & HasRemoval) == 0 ? 0 : reader.Count();
        var order = (flags & HasOrder) == 0 ? 0 : reader.Fixed64();
        reader.End();
        return new MemberRow(RowKeys.CommitAtEnd(key), removed, order);
    }
}

/// <summary>The value of a row in `link_heads` or `type_heads`: what is known of a group without reading it.</summary>
/// <param name="Count">How many live members.</param>
/// <param name="LastAdd">The last commit that added one; 0 for none, since commit 0 adds none.</param>
/// <param name="LastRemoval">The last commit that removed one; 0 for none.</param>
/// <param name="Period">The commit that began the last period; 0 for the first one.</param>
/// <param name="Ended">How many members were removed in that period.</param>
/// <param name="Name">The relationship's name where no type declares it, else null.</param>
internal readonly record struct GroupHead(
    long Count, long LastAdd, long LastRemoval, long Period = 0, long Ended = 0, string? Name = null)
{
    private const byte Version = 1;
    private const byte HasName = 0x10;
    private const byte HasPast = 0x20;

    /// <summary>How many members must have been removed in a period before it ends, however few are left.</summary>
    private const long MinEnded = 16;

    /// <summary>Whether nothing was added or removed after a commit, so that what is live was live then.</summary>
    internal bool IsUnchangedSince(long commit) => LastAdd <= commit && LastRemoval <= commit;

    /// <summary>
    /// Ends the period with a commit when half as many members were removed in it as are left. So few rows of a period
    /// are read in vain, and those that the next one takes over are at most two for each that was removed.
    /// </summary>
    internal GroupHead After(long commit) =>
        Ended < Math.Max(MinEnded, Count / 2) ? this : this with { Period = commit, Ended = 0 };

    internal static void Write(ByteWriter target, GroupHead head)
    {
        var hasPast = head.Period != 0 || head.Ended != 0;
        target.Byte((byte)(Version | (head.Name is null ? 0 : HasName) | (hasPast ? HasPast : 0)));
        target.Count(head.Count);
        target.Count(head.LastAdd);
        target.Count(head.LastRemoval);
        if (hasPast)
        {
            target.Count(head.Period);
            target.Count(head.Ended);
        }

        if (head.Name is not null) target.Text(head.Name);
    }

    internal static GroupHead Read(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "group head row");
        var flags = reader.Header(Version, HasName | HasPast);
        var head = new GroupHead(reader.Count(), reader.Count(), reader.Count());
        if ((flags & HasPast) != 0) head = head with { Period = reader.Count(), Ended = reader.Count() };
        if ((flags & HasName) != 0) head = head with { Name = NameCache.Get(reader.TextBytes()) };
        reader.End();
        return head;
    }
}

/// <summary>The value of a row in `keys`: who has the key of a type since a commit.</summary>
internal static class KeyRow
{
    private const byte Version = 1;
    private const byte HasHolder = 0x10;

    internal static void Write(ByteWriter target, LocalId? holder)
    {
        target.Byte((byte)(holder is null ? Version : Version | HasHolder));
        if (holder is { } id) target.Id(id);
    }

    /// <summary>The holder, or null when nobody has it.</summary>
    internal static LocalId? Read(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "key row");
        LocalId? holder = reader.Header(Version, HasHolder) == 0 ? null : reader.Id();
        reader.End();
        return holder;
    }
}
