using Map.Core.Identity;

namespace Map.Storage.Encoding;

/// <summary>The value of a row in `links`, `links_past`, `types` or `types_past`.</summary>
/// <param name="Added">The commit that added the member.</param>
/// <param name="ForwardOrder">In reverse link rows: the order on the source's side; else 0.</param>
internal readonly record struct MemberRow(long Added, ulong ForwardOrder)
{
    /// <summary>The longest value.</summary>
    internal const int MaxSize = 1 + 10 + sizeof(ulong);

    private const byte Version = 1;
    private const byte HasOrder = 0x10;

    internal static void Write(ByteWriter target, MemberRow row)
    {
        target.Byte((byte)(row.ForwardOrder == 0 ? Version : Version | HasOrder));
        target.Count(row.Added);
        if (row.ForwardOrder != 0) target.Fixed64(row.ForwardOrder);
    }

    internal static MemberRow Read(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "link or membership row");
        var flags = reader.Header(Version, HasOrder);
        var added = reader.Count();
        var order = (flags & HasOrder) == 0 ? 0 : reader.Fixed64();
        reader.End();
        return new MemberRow(added, order);
    }
}

/// <summary>The value of a row in `link_heads` or `type_heads`: what is known of a group without reading it.</summary>
/// <param name="Count">How many live members.</param>
/// <param name="LastAdd">The last commit that added one; 0 for none, since commit 0 adds none.</param>
/// <param name="LastRemoval">The last commit that removed one; 0 for none.</param>
/// <param name="Name">The relationship's name where no type declares it, else null.</param>
internal readonly record struct GroupHead(long Count, long LastAdd, long LastRemoval, string? Name)
{
    private const byte Version = 1;
    private const byte HasName = 0x10;

    /// <summary>Whether nothing was added or removed after a commit, so that what is live was live then.</summary>
    internal bool IsUnchangedSince(long commit) => LastAdd <= commit && LastRemoval <= commit;

    internal static void Write(ByteWriter target, GroupHead head)
    {
        target.Byte((byte)(head.Name is null ? Version : Version | HasName));
        target.Count(head.Count);
        target.Count(head.LastAdd);
        target.Count(head.LastRemoval);
        if (head.Name is not null) target.Text(head.Name);
    }

    internal static GroupHead Read(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "group head row");
        var flags = reader.Header(Version, HasName);
        var head = new GroupHead(reader.Count(), reader.Count(), reader.Count(), null);
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
