using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>What a frame may be.</summary>
/// <param name="MaxMessageBytes">Largest message, inflated.</param>
/// <param name="IsGzip">Whether the sender named gzip, so that flagged messages are that.</param>
internal readonly record struct FrameRules(int MaxMessageBytes, bool IsGzip);

/// <summary>
/// Takes gRPC frames (one byte of flags, four bytes of length in network order, the message) off a buffer.
/// </summary>
internal static class FrameDecoder
{
    public const int PrefixLength = 5;

    /// <summary>Whether a whole frame is in the buffer.</summary>
    public static bool HasFrame(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixLength)
            return false;
        ReadPrefix(buffer, out _, out var length);
        return buffer.Length - PrefixLength >= length;
    }

    /// <summary>Takes one message off the buffer. False when it is not all there yet.</summary>
    public static bool TryDecode<T>(
        ref ReadOnlySequence<byte> buffer, in FrameRules rules, MessageParser<T> parser, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        if (buffer.Length < PrefixLength)
            return false;
        ReadPrefix(buffer, out var flags, out var length);
        if (flags > 1)
            throw new GrpcStatusException(StatusCode.InvalidArgument, $"A message has the unknown flags 0x{flags:x2}.");
        if (length > rules.MaxMessageBytes)
            throw TooLarge(length, rules.MaxMessageBytes);
        if (buffer.Length - PrefixLength < length)
            return false;

        var payload = buffer.Slice(PrefixLength, length);
        buffer = buffer.Slice(payload.End);
        message = flags == 0 ? Parse(parser, payload) : Inflate(parser, payload, rules);
        return true;
    }

    public static GrpcStatusException Truncated() =>
        new(StatusCode.InvalidArgument, "The stream ended in the middle of a message.");

    private static GrpcStatusException TooLarge(long length, int limit) =>
        new(StatusCode.ResourceExhausted, $"A message of {length} bytes is larger than the limit of {limit} bytes.");

    private static void ReadPrefix(in ReadOnlySequence<byte> buffer, out byte flags, out uint length)
    {
        Span<byte> copy = stackalloc byte[PrefixLength];
        scoped var first = buffer.FirstSpan;
        if (first.Length < PrefixLength)
        {
            buffer.Slice(0, PrefixLength).CopyTo(copy);
            first = copy;
        }
        flags = first[0];
        length = BinaryPrimitives.ReadUInt32BigEndian(first[1..]);
    }

    private static T Parse<T>(MessageParser<T> parser, in ReadOnlySequence<byte> payload)
        where T : class, IMessage<T>
    {
        try
        {
            return payload.IsSingleSegment ? parser.ParseFrom(payload.FirstSpan) : parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Malformed(parser, e);
        }
    }

    private static T Inflate<T>(MessageParser<T> parser, in ReadOnlySequence<byte> payload, in FrameRules rules)
        where T : class, IMessage<T>
    {
        if (!rules.IsGzip)
            throw new GrpcStatusException(
                StatusCode.Internal, "A message is flagged as compressed, but grpc-encoding names no compression.");
        byte[]? inflated = null;
        try
        {
            if (!Gzip.TryInflate(payload, rules.MaxMessageBytes, out inflated, out var length))
            {
                throw new GrpcStatusException(
                    StatusCode.ResourceExhausted,
                    $"A compressed message inflates to more than the limit of {rules.MaxMessageBytes} bytes.");
            }
            return parser.ParseFrom(inflated.AsSpan(0, length));
        }
        catch (InvalidDataException e)
        {
            throw new GrpcStatusException(
                StatusCode.InvalidArgument, "A compressed message is not valid gzip.", innerException: e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Malformed(parser, e);
        }
        finally
        {
            if (inflated is not null)
                ArrayPool<byte>.Shared.Return(inflated);
        }
    }

    private static GrpcStatusException Malformed<T>(MessageParser<T> parser, Exception cause)
        where T : class, IMessage<T>
    {
        // Parsers do not tell their type; an empty message does.
        var name = parser.ParseFrom(ReadOnlySpan<byte>.Empty).Descriptor.FullName;
        return new GrpcStatusException(
            StatusCode.InvalidArgument, $"The message is not a valid {name}: {cause.Message}", innerException: cause);
    }
}
