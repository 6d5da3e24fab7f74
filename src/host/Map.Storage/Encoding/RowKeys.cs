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
    internal const int LinkSize = LinkGroupSize + SlotSize;

    /// <summary>A member key of the longest kind, with the removal's inverse.</summary>
    internal const int MaxMemberSize = LinkSize + InverseSize;
    internal const int TypeMemberSize = 2 * LocalId.Size;
    internal const int CommitSize = sizeof(ulong) + sizeof(uint);

    /// <summary>What follows the text of a key: the zero that ends it, the type, the inverse.</summary>
    internal const int KeyTailSize = 1 + LocalId.Size + InverseSize;

    /// <summary>The inverse of a commit number.</summary>
    internal static ulong Inverse(long commit) => ulong.MaxValue - (ulong)commit;

    /// <summary>Writes the inverse of a commit number.</summary>
    internal static void WriteInverse(Span<byte> target, long commit) =>
        BinaryPrimitives.WriteUInt64BigEndian(target, Inverse(commit));

    /// <summary>The commit number whose inverse ends a key.</summary>
    internal static long CommitAtEnd(ReadOnlySpan<byte> key) =>
        (long)(ulong.MaxValue - BinaryPrimitives.ReadUInt64BigEndian(key[^InverseSize..]));

    internal static void WriteNode(Span<byte> target, LocalId id, long commit)
    {
        id.Write(target);
        WriteInverse(target[LocalId.Size..], commit);
    }

    internal static void WriteLinkGroup(
        Span<byte> target, LocalId holon, LinkDirection direction, LocalId relationship)
    {
        holon.Write(target);
        target[LocalId.Size] = (byte)direction;
        relationship.Write(target[LinkSideSize..]);
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

    internal static void WriteLink(
        Span<byte> target, LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot slot)
    {
        WriteLinkGroup(target, holon, direction, relationship);
        WriteSlot(target[LinkGroupSize..], slot);
    }

    internal static void WriteTypeMember(Span<byte> target, LocalId type, LocalId holon)
    {
        type.Write(target);
        holon.Write(target[LocalId.Size..]);
    }

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
