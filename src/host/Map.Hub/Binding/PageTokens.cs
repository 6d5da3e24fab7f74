using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Views;

namespace Map.Hub.Binding;

/// <summary>
/// Page tokens: the position of the last row, authenticated together with what it is a position in (query,
/// transaction, snapshot) under a key that lives as long as the process. So a token works only where it was given.
/// </summary>
internal sealed class PageTokens
{
    private const int MacSize = 16;
    private const int RelatedSize = LocalId.Size + sizeof(ulong) + LocalId.Size + sizeof(uint);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public ByteString Write(RelatedPosition? position, TransactionState state, string query)
    {
        if (position is not { } at) return ByteString.Empty;
        var bytes = new byte[RelatedSize];
        at.Relationship.Write(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(LocalId.Size), at.Slot.Order);
        at.Slot.Other.Write(bytes.AsSpan(LocalId.Size + sizeof(ulong)));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(RelatedSize - sizeof(uint)), at.Slot.Occurrence);
        return Seal(bytes, state, query);
    }

    public RelatedPosition? ReadRelated(ByteString token, TransactionState state, string query)
    {
        if (token.IsEmpty) return null;
        var bytes = Open(token, state, query);
        Invariant.Holds(bytes.Length == RelatedSize);
        var slot = new LinkSlot(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[LocalId.Size..]),
            LocalId.Read(bytes.Slice(LocalId.Size + sizeof(ulong), LocalId.Size)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[^sizeof(uint)..]));
        return new RelatedPosition(LocalId.Read(bytes[..LocalId.Size]), slot);
    }

    public ByteString Write(ListPosition? position, TransactionState state, string query)
    {
        if (position is not { } at) return ByteString.Empty;
        var bytes = new byte[2 * LocalId.Size + Encoding.UTF8.GetByteCount(at.Key)];
        at.Type.Write(bytes);
        at.Holon.Write(bytes.AsSpan(LocalId.Size));
        Encoding.UTF8.GetBytes(at.Key, bytes.AsSpan(2 * LocalId.Size));
        return Seal(bytes, state, query);
    }

    public ListPosition? ReadList(ByteString token, TransactionState state, string query)
    {
        if (token.IsEmpty) return null;
        var bytes = Open(token, state, query);
        Invariant.Holds(bytes.Length >= 2 * LocalId.Size);
        return new ListPosition(
            Encoding.UTF8.GetString(bytes[(2 * LocalId.Size)..]),
            LocalId.Read(bytes[..LocalId.Size]),
            LocalId.Read(bytes.Slice(LocalId.Size, LocalId.Size)));
    }

    private ByteString Seal(byte[] position, TransactionState state, string query)
    {
        var token = new byte[position.Length + MacSize];
        position.CopyTo(token, 0);
        Mac(position, state, query).CopyTo(token.AsSpan(position.Length));
        return UnsafeByteOperations.UnsafeWrap(token);
    }

    private ReadOnlySpan<byte> Open(ByteString token, TransactionState state, string query)
    {
        var bytes = token.Span;
        if (bytes.Length > MacSize)
        {
            var position = bytes[..^MacSize];
            if (CryptographicOperations.FixedTimeEquals(Mac(position, state, query), bytes[^MacSize..])) return position;
        }

        throw new HolonException(
            HolonErrorCode.InvalidPageToken,
            "The page token is not one of this query, transaction and snapshot. Start from the first page.",
            field: "page.token");
    }

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> position, TransactionState state, string query)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(Encoding.UTF8.GetBytes($"{query}\n{state.Transaction}\n{state.Snapshot}\n"));
        mac.AppendData(position);
        return mac.GetHashAndReset().AsSpan(0, MacSize);
    }
}
