using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>Frames messages for the client.</summary>
internal static class MessageFrame
{
    public static byte[] Of(IMessage message, bool compress)
    {
        var payload = compress ? Gzip.Deflate(message.ToByteArray()) : null;
        var size = payload?.Length ?? message.CalculateSize();
        var frame = new byte[FrameDecoder.PrefixLength + size];
        frame[0] = compress ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)size);
        if (payload is null)
            message.WriteTo(frame.AsSpan(FrameDecoder.PrefixLength));
        else
            payload.CopyTo(frame, FrameDecoder.PrefixLength);
        return frame;
    }
}

/// <summary>A request body of messages that come one by one.</summary>
internal sealed class MessageStreamContent<T>(IAsyncEnumerable<T> messages, bool compress) : HttpContent
    where T : class, IMessage<T>
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The headers have to leave also while there is no message yet.
        await stream.FlushAsync(cancellationToken);
        await foreach (var message in messages.WithCancellation(cancellationToken))
        {
            await stream.WriteAsync(MessageFrame.Of(message, compress), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
