using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;

namespace Map.Storage.Encoding;

/// <summary>What a node row says of a version besides its properties.</summary>
/// <param name="IsDeleted">Whether the holon ended with it.</param>
/// <param name="Ordinal">The version, 1 first.</param>
/// <param name="Descriptor">The type; of a deleted one the last type.</param>
/// <param name="Predecessor">The holon that version 1 came from.</param>
internal readonly record struct NodeHeader(bool IsDeleted, int Ordinal, LocalId? Descriptor, LocalId? Predecessor);

/// <summary>The value of a row in `nodes`: one version of a holon.</summary>
internal static class NodeRow
{
    /// <summary>
    /// Random bytes in each row, so that its digest in the commit record does not betray a content that was purged.
    /// </summary>
    internal const int SaltSize = 16;

    private const string What = "node row";
    private const byte Version = 1;
    private const byte Deleted = 0x10;
    private const byte HasDescriptor = 0x20;
    private const byte HasPredecessor = 0x40;

    internal static void Write(ByteWriter target, NodeHeader header, ReadOnlySpan<byte> salt, PropertyMap properties)
    {
        Invariant.Require(salt.Length == SaltSize, "every row has its salt");
        Invariant.Require(header.Ordinal > 0, "versions start with 1");
        var flags = header.IsDeleted ? Deleted : (byte)0;
        if (header.Descriptor is not null) flags |= HasDescriptor;
        if (header.Predecessor is not null) flags |= HasPredecessor;
        target.Byte((byte)(flags | Version));
        target.Bytes(salt);
        target.Count(header.Ordinal);
        if (header.Descriptor is { } descriptor) target.Id(descriptor);
        if (header.Predecessor is { } predecessor) target.Id(predecessor);
        ValueCodec.Write(target, properties);
    }

    /// <summary>Reads all but the properties.</summary>
    internal static NodeHeader ReadHeader(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, What);
        return ReadHeader(ref reader);
    }

    /// <summary>Reads what comes before the key, and the UTF-8 bytes of the key, none when there is none.</summary>
    internal static NodeHeader ReadKey(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> key)
    {
        var reader = new ByteReader(value, What);
        var header = ReadHeader(ref reader);
        key = ValueCodec.FindKey(ref reader);
        return header;
    }

    /// <summary>The version as a holon, or null when it is an end.</summary>
    /// <param name="id">The holon.</param>
    /// <param name="commit">The commit that saved it.</param>
    /// <param name="value">The row's value.</param>
    /// <param name="wanted">The properties to read; null for all.</param>
    internal static SavedHolon? Read(LocalId id, long commit, ReadOnlySpan<byte> value, PropertyChoice? wanted = null)
    {
        var reader = new ByteReader(value, What);
        var header = ReadHeader(ref reader);
        if (header.IsDeleted) return null;
        var properties = ValueCodec.Read(ref reader, wanted);
        reader.End();
        return new SavedHolon(id, header.Ordinal, commit, header.Descriptor, properties, header.Predecessor);
    }

    private static NodeHeader ReadHeader(ref ByteReader reader)
    {
        var flags = reader.Header(Version, Deleted | HasDescriptor | HasPredecessor);
        reader.Bytes(SaltSize);
        var ordinal = reader.Count();
        if (ordinal is < 1 or > int.MaxValue) reader.Damaged("its version is out of range");
        LocalId? descriptor = (flags & HasDescriptor) != 0 ? reader.Id() : null;
        LocalId? predecessor = (flags & HasPredecessor) != 0 ? reader.Id() : null;
        return new NodeHeader((flags & Deleted) != 0, (int)ordinal, descriptor, predecessor);
    }
}
