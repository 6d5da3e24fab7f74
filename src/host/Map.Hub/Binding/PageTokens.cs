using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Traversing;
using Map.Core.Views;

namespace Map.Hub.Binding;

/// <summary>
/// Page tokens: the position of the last row and the snapshot, authenticated together with what it is a position in
/// (query, transaction) under a key that lives as long as the process. So a token works only where it was given.
/// </summary>
internal sealed class PageTokens
{
    private const int MacSize = 16;
    private const int OrderSize = 8;
    private const int RelatedSize = LocalId.Size + sizeof(ulong) + LocalId.Size + sizeof(uint) + OrderSize;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The token of a position among related holons, good as long as their order hangs on the same.</summary>
    public ByteString Write(RelatedPosition? position, TransactionState state, string query, string order)
    {
        if (position is not { } at) return ByteString.Empty;
        var bytes = new byte[RelatedSize];
        at.Relationship.Write(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(LocalId.Size), at.Slot.Order);
        at.Slot.Other.Write(bytes.AsSpan(LocalId.Size + sizeof(ulong)));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(RelatedSize - OrderSize - sizeof(uint)), at.Slot.Occurrence);
        DigestOf(order).CopyTo(bytes.AsSpan(RelatedSize - OrderSize));
        return Seal(bytes, state, query);
    }

    public RelatedPosition? ReadRelated(ByteString token, TransactionState state, string query, string order)
    {
        if (token.IsEmpty) return null;
        var bytes = Open(token, state, query);
        Invariant.Holds(bytes.Length == RelatedSize);
        if (!bytes[^OrderSize..].SequenceEqual(DigestOf(order))) throw Reordered();
        var slot = new LinkSlot(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[LocalId.Size..]),
            LocalId.Read(bytes.Slice(LocalId.Size + sizeof(ulong), LocalId.Size)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[^(OrderSize + sizeof(uint))..]));
        return new RelatedPosition(LocalId.Read(bytes[..LocalId.Size]), slot);
    }

    public ByteString Write(long? commit, TransactionState state, string query)
    {
        if (commit is not { } at) return ByteString.Empty;
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at);
        return Seal(bytes, state, query);
    }

    public long? ReadCommit(ByteString token, TransactionState state, string query) =>
        token.IsEmpty ? null : BinaryPrimitives.ReadInt64BigEndian(Open(token, state, query));

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

    /// <summary>The token of a position among the rows of a query over many hops.</summary>
    public ByteString Write(TraversalPosition? position, TransactionState state, string query)
    {
        if (position is null) return ByteString.Empty;
        var bytes = new ArrayBufferWriter<byte>();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.GetSpan(sizeof(ulong)), position.Told);
        bytes.Advance(sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.GetSpan(sizeof(ulong)), position.Nth);
        bytes.Advance(sizeof(ulong));
        position.Holon.Write(bytes.GetSpan(LocalId.Size));
        bytes.Advance(LocalId.Size);
        // An absent value is a message without a kind.
        var values = new V1.ArrayValue();
        values.Items.AddRange(position.Values.Select(value => value is null ? new V1.BaseValue() : WireWriter.ToWire(value)));
        bytes.Write(values.ToByteArray());
        return Seal(bytes.WrittenSpan.ToArray(), state, query);
    }

    public TraversalPosition? ReadTraversal(ByteString token, TransactionState state, string query)
    {
        if (token.IsEmpty) return null;
        var bytes = Open(token, state, query);
        const int idAt = 2 * sizeof(ulong);
        var values = V1.ArrayValue.Parser.ParseFrom(bytes[(idAt + LocalId.Size)..]);
        return new TraversalPosition(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            LocalId.Read(bytes.Slice(idAt, LocalId.Size)),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]),
            [.. values.Items.Select((value, i) =>
                value.KindCase == V1.BaseValue.KindOneofCase.None ? null : WireReader.ToValue(value, $"values[{i}]"))]);
    }

    private ByteString Seal(byte[] position, TransactionState state, string query)
    {
        var token = new byte[position.Length + sizeof(long) + MacSize];
        position.CopyTo(token, 0);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(position.Length), state.Snapshot);
        var told = token.AsSpan(..^MacSize);
        Mac(told, state, query).CopyTo(token.AsSpan(told.Length));
        return UnsafeByteOperations.UnsafeWrap(token);
    }

    private ReadOnlySpan<byte> Open(ByteString token, TransactionState state, string query)
    {
        var bytes = token.Span;
        if (bytes.Length <= MacSize + sizeof(long)
            || !CryptographicOperations.FixedTimeEquals(Mac(bytes[..^MacSize], state, query), bytes[^MacSize..]))
        {
            throw new HolonException(
                HolonErrorCode.InvalidPageToken,
                "The page token is not one of this query and transaction. Start from the first page.",
                field: "page.token");
        }

        var told = bytes[..^MacSize];
        var snapshot = BinaryPrimitives.ReadInt64BigEndian(told[^sizeof(long)..]);
        if (snapshot == state.Snapshot) return told[..^sizeof(long)];
        throw new HolonException(
            HolonErrorCode.OutdatedPageToken,
            $"The page token was given when the transaction read as of commit {snapshot}; it reads as of {state.Snapshot} now. Start from the first page.",
            field: "page.token");
    }

    private static ReadOnlySpan<byte> DigestOf(string order) => SHA256.HashData(Encoding.UTF8.GetBytes(order)).AsSpan(0, OrderSize);

    private static HolonException Reordered() => new(
        HolonErrorCode.CollectionReordered,
        "The members have another order than when the page token was given: the holon's type was changed, or members were numbered anew "
        + "to make room for others. Start from the first page.",
        field: "page.token");

    private ReadOnlySpan<byte> Mac(ReadOnlySpan<byte> told, TransactionState state, string query)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(Encoding.UTF8.GetBytes($"{query}\n{state.Transaction}\n"));
        mac.AppendData(told);
        return mac.GetHashAndReset().AsSpan(0, MacSize);
    }
}
