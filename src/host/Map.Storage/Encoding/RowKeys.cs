using System.Buffers.Binary;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>
/// The keys of all rows; docs/storage-format.md has the table. Numbers are big-endian, so that byte order is number
/// order; commit numbers of versions are inverted, so that the newest version comes first.
/// </summary>
internal static class RowKeys
{
    internal const int InverseSize = sizeof(ulong);
    internal const int NodeSize = LocalId.Size + InverseSize;

    /// <summary>A holon and a direction: what all relationships of that side have in common.</summary>
    internal const int LinkSideSize = LocalId.Size + 1;
    internal const int LinkGroupSize = LinkSideSize + LocalId.Size;

    /// <summary>Order, other holon, occurrence.</summary>
    internal const int SlotSize = sizeof(ulong) + LocalId.Size + sizeof(uint);

    /// <summary>A group of links and the inverse of the commit that began a period of it.</summary>
    internal const int LinkPeriodSize = LinkGroupSize + InverseSize;

    /// <summary>A member of a period, with the inverse of the commit that added it.</summary>
    internal const int LinkSize = LinkPeriodSize + SlotSize + InverseSize;
    internal const int TypePeriodSize = LocalId.Size + InverseSize;
    internal const int TypeMemberSize = TypePeriodSize + LocalId.Size + InverseSize;
    internal const int CommitSize = sizeof(ulong) + sizeof(uint);

    /// <summary>What follows the text of a key: the zero that ends it, the type, the inverse.</summary>
    internal const int KeyTailSize = 1 + LocalId.Size + InverseSize;

    /// <summary>The inverse of a commit number.</summary>
    internal static ulong Inverse(long commit) => ulong.MaxValue - (ulong)commit;

    /// <summary>Writes the inverse of a commit number.</summary>
    internal static void WriteInverse(Span<byte> target, long commit) =>
        BinaryPrimitives.WriteUInt64BigEndian(target, Inverse(commit));

    /// <summary>The commit number whose inverse ends a key.</summary>
    internal static long CommitAtEnd(ReadOnlySpan<byte> key) => CommitAt(key, key.Length - InverseSize);

    /// <summary>The commit number whose inverse stands in a key, of a period just behind its group.</summary>
    internal static long CommitAt(ReadOnlySpan<byte> key, int offset) =>
        (long)(ulong.MaxValue - BinaryPrimitives.ReadUInt64BigEndian(key[offset..]));

    internal static void WriteNode(Span<byte> target, LocalId id, long commit)
    {
        id.Write(target);
        WriteInverse(target[LocalId.Size..], commit);
    }

    internal static void WriteLinkGroup(
        Span<byte> target, LocalId holon, LinkDirection direction, LocalId relationship)
    {
        WriteLinkSide(target, holon, direction);
        relationship.Write(target[LinkSideSize..]);
    }

    internal static void WriteLinkSide(Span<byte> target, LocalId holon, LinkDirection direction)
    {
        holon.Write(target);
        target[LocalId.Size] = (byte)direction;
    }

    internal static void WriteSlot(Span<byte> target, LinkSlot slot)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, slot.Order);
        slot.Other.Write(target[sizeof(ulong)..]);
        BinaryPrimitives.WriteUInt32BigEndian(target[(sizeof(ulong) + LocalId.Size)..], slot.Occurrence);
    }

    internal static LinkSlot ReadSlot(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source),
        LocalId.Read(source.Slice(sizeof(ulong), LocalId.Size)),
        BinaryPrimitives.ReadUInt32BigEndian(source[(sizeof(ulong) + LocalId.Size)..]));

    internal static void WriteLinkPeriod(
        Span<byte> target, LocalId holon, LinkDirection direction, LocalId relationship, long period)
    {
        WriteLinkGroup(target, holon, direction, relationship);
        WriteInverse(target[LinkGroupSize..], period);
    }

    /// <summary>Writes what follows the period in the key of a link.</summary>
    internal static void WriteLinkMember(Span<byte> target, LinkSlot slot, long added)
    {
        WriteSlot(target, slot);
        WriteInverse(target[SlotSize..], added);
    }

    /// <summary>The slot in the key of a link.</summary>
    internal static LinkSlot ReadLinkSlot(ReadOnlySpan<byte> key) => ReadSlot(key[LinkPeriodSize..]);

    internal static void WriteTypePeriod(Span<byte> target, LocalId type, long period)
    {
        type.Write(target);
        WriteInverse(target[LocalId.Size..], period);
    }

    internal static void WriteTypeMember(Span<byte> target, LocalId type, long period, LocalId holon, long added)
    {
        WriteTypePeriod(target, type, period);
        holon.Write(target[TypePeriodSize..]);
        WriteInverse(target[(TypePeriodSize + LocalId.Size)..], added);
    }

    /// <summary>The holon in the key of a membership of a type.</summary>
    internal static LocalId ReadTypeInstance(ReadOnlySpan<byte> key) => LocalId.Read(key.Slice(TypePeriodSize, LocalId.Size));

    internal static void WriteCommit(Span<byte> target, long commit, int chunk)
    {
        BinaryPrimitives.WriteInt64BigEndian(target, commit);
        BinaryPrimitives.WriteInt32BigEndian(target[sizeof(ulong)..], chunk);
    }

    /// <summary>The row of a key and type that a commit wrote; answers how long it is.</summary>
    internal static int WriteKey(Span<byte> target, ReadOnlySpan<byte> text, LocalId type, long commit)
    {
        text.CopyTo(target);
        target[text.Length] = 0;
        type.Write(target[(text.Length + 1)..]);
        WriteInverse(target[(text.Length + 1 + LocalId.Size)..], commit);
        return text.Length + KeyTailSize;
    }
}
