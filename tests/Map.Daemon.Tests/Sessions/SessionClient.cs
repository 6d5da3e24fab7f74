using System.Collections.Concurrent;
using System.Threading.Channels;
using Map.Hub.Binding;
using Map.Rpc.Client;
using Map.V1;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Daemon.Tests.Sessions;

/// <summary>A client with one session. Whoever sends gets the reply of exactly that request.</summary>
internal sealed class SessionClient : IAsyncDisposable
{
    private readonly Channel<SessionRequest> _requests = Channel.CreateUnbounded<SessionRequest>();
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<MapResponse>> _waiting = new();
    private readonly CancellationTokenSource _vanish = new();
    private readonly Task _reading;
    private ulong _lastId;

    public SessionClient(GrpcChannel channel)
    {
        var responses = channel.DuplexAsync<SessionRequest, SessionResponse>(
            "map.v1.MapCommands/Session", _requests.Reader.ReadAllAsync(_vanish.Token), null, _vanish.Token);
        _reading = ReadAsync(responses);
    }

    /// <summary>The ids of requests in the order in which their replies came.</summary>
    public ConcurrentQueue<ulong> Answered { get; } = new();

    /// <summary>Replies to requests that nobody sent, or that had their reply.</summary>
    public int Unexpected { get; private set; }

    /// <summary>Sends a request without waiting.</summary>
    public (ulong Id, Task<MapResponse> Reply) Send(CoreTransactionId transaction, CommandBody command)
    {
        var id = Interlocked.Increment(ref _lastId);
        var reply = new TaskCompletionSource<MapResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_waiting.TryAdd(id, reply));
        var request = new MapRequest { TransactionId = WireWriter.ToWire(transaction), Command = command };
        Assert.True(_requests.Writer.TryWrite(new SessionRequest { Id = id, Request = request }));
        return (id, reply.Task);
    }

    public Task<MapResponse> Send(CoreTransactionId transaction, MutationCommand mutation) =>
        Send(transaction, new CommandBody { Mutation = mutation }).Reply;

    public Task<MapResponse> Send(CoreTransactionId transaction, QueryCommand query) =>
        Send(transaction, new CommandBody { Query = query }).Reply;

    public void Cancel(ulong id) =>
        Assert.True(_requests.Writer.TryWrite(new SessionRequest { Cancel = new Cancel { Id = id } }));

    /// <summary>Sends a message as it is.</summary>
    public void SendRaw(SessionRequest request) => Assert.True(_requests.Writer.TryWrite(request));

    /// <summary>Says that no more requests come, and waits until all are answered.</summary>
    public async Task EndAsync()
    {
        _requests.Writer.Complete();
        await _reading.WaitAsync(Waiting.Patience);
        Assert.Empty(_waiting);
    }

    /// <summary>Breaks the call off, as the end of the client's process does.</summary>
    public async Task VanishAsync()
    {
        await _vanish.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _reading.WaitAsync(Waiting.Patience));
    }

    public async ValueTask DisposeAsync()
    {
        await _vanish.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        _vanish.Dispose();
    }

    private async Task ReadAsync(IAsyncEnumerable<SessionResponse> responses)
    {
        await foreach (var response in responses)
        {
            Answered.Enqueue(response.Id);
            if (_waiting.TryRemove(response.Id, out var reply)) reply.SetResult(response.Response);
            else Unexpected++;
        }
    }
}

/// <summary>Commands on a holon without a type, which is staged and never saved.</summary>
internal static class ScratchCommands
{
    public static MutationCommand Stage() => new() { StageNewHolon = new StageNewHolonCommand { Content = new HolonContent() } };

    public static MutationCommand Set(HolonReference holon, long value) => new()
    {
        WithPropertyValue = new WithPropertyValueCommand
        {
            Holon = holon,
            Properties = { new Property { Name = "Value", Value = new BaseValue { IntegerValue = value } } },
        },
    };

    public static QueryCommand Get(HolonReference holon) =>
        new() { PropertyValue = new PropertyValueQuery { Holon = holon, Name = "Value" } };
}

/// <summary>How tests wait for what has to come.</summary>
internal static class Waiting
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a number has stood still for a while.</summary>
    public static async Task<int> UntilStillAsync(Func<int> read)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var (last, still) = (-1, 0); ; await Task.Delay(50, patience.Token))
        {
            var now = read();
            still = now == last ? still + 1 : 0;
            if (still == 10) return now;
            last = now;
        }
    }
}
