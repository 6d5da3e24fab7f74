using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>Writes messages as gRPC frames straight onto a response body.</summary>
internal static class FrameEncoder
{
    /// <summary>Smaller messages are not worth compressing.</summary>
    public const int CompressFromBytes = 1024;

    // One span for prefix and message, as long as it surely fits one block of Kestrel's memory pool.
    private const int OneSpanBytes = 2048;

    /// <summary>Writes a frame without flushing it.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(PipeWriter body, IMessage message, int size, bool compress)
    {
        if (compress && size > CompressFromBytes)
            return WriteCompressed(body, message);
        if (size <= OneSpanBytes)
        {
            var span = body.GetSpan(FrameDecoder.PrefixLength + size);
            WritePrefix(span, compressed: false, size);
            message.WriteTo(span.Slice(FrameDecoder.PrefixLength, size));
            body.Advance(FrameDecoder.PrefixLength + size);
            return FrameDecoder.PrefixLength + size;
        }

        WritePrefix(body.GetSpan(FrameDecoder.PrefixLength), compressed: false, size);
        body.Advance(FrameDecoder.PrefixLength);
        // Protobuf asks for a span of any length first, which Kestrel answers with an empty one unless a
        // block is already at hand.
        _ = body.GetSpan(1);
        message.WriteTo((IBufferWriter<byte>)body);
        return FrameDecoder.PrefixLength + size;
    }

    private static int WriteCompressed(PipeWriter body, IMessage message)
    {
        var compressed = Gzip.Deflate(message.ToByteArray());
        WritePrefix(body.GetSpan(FrameDecoder.PrefixLength), compressed: true, compressed.Length);
        body.Advance(FrameDecoder.PrefixLength);
        body.Write(compressed);
        return FrameDecoder.PrefixLength + compressed.Length;
    }

    private static void WritePrefix(Span<byte> span, bool compressed, int length)
    {
        span[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)length);
    }
}
