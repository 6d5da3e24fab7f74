using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>Reads the only message of a call whose requests do not stream.</summary>
internal static class SingleRequest
{
    /// <summary>
    /// Reads the message and the end of the request. The handler must not run before that end: a client
    /// that sends more has broken the protocol, and nothing may have changed then.
    /// </summary>
    public static async ValueTask<T> ReadAsync<T>(ServerCallContext call, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        var body = call.RequestBody;
        T? message = null;
        while (true)
        {
            var result = await body.ReadAsync(call.BodyToken);
            var buffer = result.Buffer;
            try
            {
                if (message is null)
                    FrameDecoder.TryDecode(ref buffer, call.RequestRules, parser, out message);
                if (message is not null && !buffer.IsEmpty)
                    throw new GrpcStatusException(StatusCode.InvalidArgument, "The request has more than one message.");
                if (!result.IsCompleted)
                    continue;
                return message ?? throw (buffer.IsEmpty ? Missing() : FrameDecoder.Truncated());
            }
            finally
            {
                // Also when decoding threw: a reader that never advances blocks the connection's window.
                body.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    private static GrpcStatusException Missing() =>
        new(StatusCode.InvalidArgument, "The request has no message.");
}
