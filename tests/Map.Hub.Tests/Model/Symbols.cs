using System.Buffers.Binary;
using Google.Protobuf;
using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>
/// Numbers that stand for what a run makes: holons, transactions, page tokens. They rise in the order in which things are
/// made, as ids do, and mean the same however often a recorded run is repeated.
/// </summary>
internal static class Symbols
{
    /// <summary>Stands for what no run makes.</summary>
    public const int Nothing = 999_999_999;

    /// <summary>The space.</summary>
    public const int Space = 1;

    /// <summary>The first number for what a run makes.</summary>
    public const int First = 2;

    public static ByteString ToBytes(int symbol)
    {
        var bytes = new byte[Core.Identity.LocalId.Size];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(bytes.Length - sizeof(int)), symbol);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static int Read(ByteString bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes.Span[^sizeof(int)..]);

    public static TransactionId Transaction(int id) => new() { SpaceId = ToBytes(Space), LocalId = ToBytes(id) };

    public static HolonId Holon(int id) => new() { SpaceId = ToBytes(Space), LocalId = ToBytes(id) };

    public static HolonReference Staged(int transaction, int holon) =>
        new() { TransactionId = Transaction(transaction), Staged = new StagedRef { LocalId = ToBytes(holon) } };

    public static HolonReference Transient(int transaction, int holon) =>
        new() { TransactionId = Transaction(transaction), Transient = new TransientRef { LocalId = ToBytes(holon) } };

    public static HolonReference Saved(int transaction, int holon, uint? version = null)
    {
        var smart = new SmartRef { HolonId = Holon(holon) };
        if (version is { } pinned) smart.Version = pinned;
        return new HolonReference { TransactionId = Transaction(transaction), Smart = smart };
    }

    public static int TransactionOf(HolonReference reference) => Read(reference.TransactionId.LocalId);

    public static int HolonOf(HolonReference reference) => Read(reference.KindCase switch
    {
        HolonReference.KindOneofCase.Transient => reference.Transient.LocalId,
        HolonReference.KindOneofCase.Staged => reference.Staged.LocalId,
        _ => reference.Smart.HolonId.LocalId,
    });
}
