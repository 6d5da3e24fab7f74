using System.Buffers.Binary;
using System.Security.Cryptography;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>What a commit record says besides the list of what changed.</summary>
internal sealed record CommitHeader(
    long Number, LocalId Transaction, long Snapshot, long UnixMicros, string Label, bool TouchesSchema,
    long NodeChanges, long LinkChanges, long LiveHolons, long SchemaEpoch, int BodyLength);

/// <summary>A node change in a commit record.</summary>
internal readonly record struct NodeEntry(NodeChangeKind Kind, LocalId Id, int Ordinal, byte[] Digest);

/// <summary>A link change in a commit record.</summary>
internal readonly record struct LinkEntry(bool IsAdd, LocalId Source, LocalId Relationship, LinkSlot Slot);

/// <summary>
/// The record of a commit in `commits`. The first row has the hash, the header and the start of the body, further rows
/// have the rest in pieces. The hash covers the previous commit's hash, the header and the body.
/// </summary>
internal static class CommitRecord
{
    /// <summary>How much of the body stands in the first row, which is read often for its header.</summary>
    internal const int FirstChunkBytes = 4 << 10;

    /// <summary>How much of the body stands in each further row.</summary>
    internal const int ChunkBytes = 64 << 10;

    internal const string What = "commit record";

    private const byte Version = 1;
    private const byte Schema = 0x10;
    private const int HashEnd = 1 + MetaRows.HashSize;

    /// <summary>Hashes a record over the hash of the commit before it.</summary>
    internal static byte[] Hash(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        Invariant.Require(previous.Length == MetaRows.HashSize, "commits are chained by their hashes");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> headerLength = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(headerLength, header.Length);
        hash.AppendData(previous);
        hash.AppendData(headerLength);
        hash.AppendData(header);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Into how many rows a record with such a body goes.</summary>
    internal static int ChunkCount(int bodyLength) =>
        1 + (Math.Max(0, bodyLength - FirstChunkBytes) + ChunkBytes - 1) / ChunkBytes;

    /// <summary>The part of the body that one row has.</summary>
    internal static Range ChunkRange(int chunk, int bodyLength)
    {
        var start = chunk == 0 ? 0 : FirstChunkBytes + (chunk - 1) * ChunkBytes;
        var end = chunk == 0 ? FirstChunkBytes : start + ChunkBytes;
        return start..Math.Min(end, bodyLength);
    }

    internal static void WriteHeader(ByteWriter target, CommitHeader header)
    {
        target.Byte((byte)(header.TouchesSchema ? Version | Schema : Version));
        target.Count(header.Number);
        target.Id(header.Transaction);
        target.Count(header.Snapshot);
        target.Signed(header.UnixMicros);
        target.Text(header.Label);
        target.Count(header.NodeChanges);
        target.Count(header.LinkChanges);
        target.Count(header.LiveHolons);
        target.Count(header.SchemaEpoch);
        target.Count(header.BodyLength);
    }

    /// <summary>Writes the value of the first row.</summary>
    internal static void WriteFirst(
        ByteWriter target, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        target.Byte(Version);
        target.Bytes(hash);
        target.Bytes(header);
        target.Bytes(body[ChunkRange(0, body.Length)]);
    }

    /// <summary>Reads the first row.</summary>
    /// <param name="value">The row's value.</param>
    /// <param name="hash">The commit's hash.</param>
    /// <param name="headerBytes">What the hash covers of the header.</param>
    /// <param name="bodyStart">The start of the body.</param>
    internal static CommitHeader ReadFirst(
        ReadOnlySpan<byte> value, out ReadOnlySpan<byte> hash, out ReadOnlySpan<byte> headerBytes,
        out ReadOnlySpan<byte> bodyStart)
    {
        var reader = new ByteReader(value, What);
        reader.Header(Version, knownFlags: 0);
        hash = reader.Bytes(MetaRows.HashSize);
        var header = ReadHeader(ref reader);
        headerBytes = value[HashEnd..reader.Position];
        bodyStart = reader.Rest();
        return header;
    }

    private static CommitHeader ReadHeader(ref ByteReader reader)
    {
        var touchesSchema = reader.Header(Version, Schema) != 0;
        var header = new CommitHeader(
            reader.Count(), reader.Id(), reader.Count(), reader.Signed(), reader.Text(), touchesSchema,
            reader.Count(), reader.Count(), reader.Count(), reader.Count(), BodyLength: 0);
        var bodyLength = reader.Count();
        if (bodyLength > int.MaxValue) reader.Damaged("its length is out of range");
        return header with { BodyLength = (int)bodyLength };
    }
}
