using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>Reads the messages of a call whose requests stream.</summary>
internal sealed class RequestReader<T>(
    ServerCallContext call, MessageParser<T> parser) : IMessageReader<T>, IPendingInput
    where T : class, IMessage<T>
{
    private readonly PipeReader _body = call.RequestBody;
    private ReadOnlySequence<byte> _buffer;
    private bool _holdsBuffer;
    private bool _ended;
    private volatile bool _hasPendingMessage;

    /// <summary>Runs before the reader waits for the client: what was held back has to leave then.</summary>
    public Func<ValueTask>? BeforeWaiting { get; set; }

    public bool HasPendingMessage => _hasPendingMessage;

    public ValueTask<T?> ReadAsync()
    {
        try
        {
            if (_holdsBuffer && FrameDecoder.TryDecode(ref _buffer, call.RequestRules, parser, out var message))
            {
                _hasPendingMessage = FrameDecoder.HasFrame(_buffer);
                return new ValueTask<T?>(message);
            }
        }
        catch
        {
            Release();
            throw;
        }
        return ReadMoreAsync();
    }

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync() is { } message)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return message;
        }
    }

    /// <summary>Gives the buffer back. The reader is of no use afterwards.</summary>
    public void Release()
    {
        _ended = true;
        _hasPendingMessage = false;
        ReleaseBuffer(examined: _buffer.End);
    }

    private async ValueTask<T?> ReadMoreAsync()
    {
        while (!_ended)
        {
            _hasPendingMessage = false;
            ReleaseBuffer(examined: _buffer.End);
            if (!_body.TryRead(out var result))
            {
                if (BeforeWaiting is not null)
                    await BeforeWaiting();
                result = await _body.ReadAsync(call.CancellationToken);
            }

            _buffer = result.Buffer;
            _holdsBuffer = true;
            try
            {
                if (FrameDecoder.TryDecode(ref _buffer, call.RequestRules, parser, out var message))
                {
                    _hasPendingMessage = FrameDecoder.HasFrame(_buffer);
                    return message;
                }
                if (result.IsCompleted && !_buffer.IsEmpty)
                    throw FrameDecoder.Truncated();
                _ended = result.IsCompleted;
            }
            catch
            {
                Release();
                throw;
            }
        }
        ReleaseBuffer(examined: _buffer.End);
        return null;
    }

    private void ReleaseBuffer(SequencePosition examined)
    {
        if (!_holdsBuffer)
            return;
        _holdsBuffer = false;
        _body.AdvanceTo(_buffer.Start, examined);
        _buffer = default;
    }
}

/// <summary>Tells a writer whether the handler has more requests at hand.</summary>
internal interface IPendingInput
{
    bool HasPendingMessage { get; }
}
