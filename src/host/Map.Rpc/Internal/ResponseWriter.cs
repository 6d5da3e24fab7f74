using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Map.Rpc.Internal;

/// <summary>
/// Writes the messages of a call whose responses stream. While more requests are at hand, responses
/// gather before they are flushed: a flush for each would cost more than the message. A timer bounds how
/// long one is held back, because the handler may work long on the next request.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "CompleteAsync disposes the timer; the gate has no wait handle.")]
internal sealed class ResponseWriter<T> : IMessageWriter<T>
    where T : class, IMessage<T>
{
    private const int FlushFromBytes = 16 * 1024;
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(1);

    // Guards everything below and the body writer, which is not safe to use from several tasks.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ServerCallContext _call;
    private readonly IPendingInput? _input;
    private Timer? _holdTimer;
    private bool _timerIsArmed;
    private bool _headersAreSent;
    private bool _isCompleted;
    private int _heldBytes;

    public ResponseWriter(ServerCallContext call, IPendingInput? input)
    {
        _call = call;
        _input = input;
        // A stream has to learn of its end also when the handler never asks for the token.
        _ = call.CancellationToken;
    }

    public ValueTask WriteAsync(T message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _gate.Wait(0, CancellationToken.None) ? WriteAndLeave(message) : WaitAndWriteAsync(message);
    }

    public async ValueTask<bool> TryWriteAsync(T message, TimeSpan patience, CancellationToken giveUp)
    {
        var sending = WriteAsync(message);
        if (sending.IsCompletedSuccessfully)
            return true;
        // When it is given up, it goes on: the end of the call waits for it, so that the status comes behind it.
        var sent = sending.AsTask();
        try
        {
            await sent.WaitAsync(patience, _call.Time, giveUp);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!sent.IsCompleted)
                return false;
            await sent;
            return true;
        }
    }

    /// <summary>Sends what is held back, and the headers if they have not left yet.</summary>
    public async ValueTask FlushPendingAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (!_isCompleted && (_heldBytes > 0 || !_headersAreSent))
                await FlushAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// A handler that waits before its first response would keep the headers, and with them the client,
    /// waiting too. One that ended at once needs no headers of their own.
    /// </summary>
    public ValueTask SendHeadersWhileRunningAsync(bool handlerHasEnded) =>
        handlerHasEnded || _headersAreSent ? default : SendHeadersAsync();

    /// <summary>Refuses everything from now on. The end of the call flushes what is held back.</summary>
    public async ValueTask CompleteAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        _isCompleted = true;
        _gate.Release();
        if (_holdTimer is not null)
            await _holdTimer.DisposeAsync();
    }

    private async ValueTask SendHeadersAsync()
    {
        try
        {
            await FlushPendingAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The handler runs and sees the same; its end decides the status.
        }
    }

    private async ValueTask WaitAndWriteAsync(T message)
    {
        await _gate.WaitAsync(_call.CancellationToken);
        await WriteAndLeave(message);
    }

    private ValueTask WriteAndLeave(T message)
    {
        ValueTask flush;
        try
        {
            if (_isCompleted)
                throw new InvalidOperationException("The call has ended; nothing can be written to it.");
            _call.ThrowIfCancelled();
            _heldBytes += _call.WriteFrame(message);
            flush = MayHoldBack() ? default : FlushAsync();
        }
        catch
        {
            _gate.Release();
            throw;
        }

        if (!flush.IsCompletedSuccessfully)
            return LeaveAfterAsync(flush);
        _gate.Release();
        return default;
    }

    private bool MayHoldBack()
    {
        if (_input is not { HasPendingMessage: true } || _heldBytes >= FlushFromBytes)
            return false;
        if (_timerIsArmed)
            return true;
        _timerIsArmed = true;
        _holdTimer ??= new Timer(
            static state => _ = ((ResponseWriter<T>)state!).OnHoldEndsAsync(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _holdTimer.Change(LongestHold, Timeout.InfiniteTimeSpan);
        return true;
    }

    private async Task OnHoldEndsAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            _timerIsArmed = false;
            if (!_isCompleted && _heldBytes > 0)
                await FlushAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The handler's next use of the call sees the same.
        }
        finally
        {
            _gate.Release();
        }
    }

    private ValueTask FlushAsync()
    {
        _heldBytes = 0;
        _headersAreSent = true;
        return _call.FlushAsync();
    }

    private async ValueTask LeaveAfterAsync(ValueTask flush)
    {
        try
        {
            await flush;
        }
        finally
        {
            _gate.Release();
        }
    }
}
