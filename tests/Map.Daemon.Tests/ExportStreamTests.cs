using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Google.Protobuf;
using Map.Hub;
using Map.Hub.Binding;
using Map.Rpc;
using Map.Rpc.Client;
using Map.V1;

namespace Map.Daemon.Tests;

/// <summary>Exports as clients get them: over real sockets, at their own pace.</summary>
public sealed class ExportStreamTests : IAsyncLifetime, IDisposable
{
    // Together far more than what is on the way between server and client.
    private const int Holons = 30_000;
    private const int TextLength = 1_500;

    private readonly MeterListener _meters = new();
    private readonly ConcurrentBag<string> _outcomes = [];
    private HubServer _server = null!;
    private TransactionId _id = null!;

    public async Task InitializeAsync()
    {
        _meters.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument is { Meter.Name: "Map.Hub", Name: "map.command.duration" }) meters.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (Tag(tags, "command") == "Export") _outcomes.Add(Tag(tags, "outcome"));
        });
        _meters.Start();
        _server = await HubServer.StartAsync();
        _id = WireWriter.ToWire(_server.NewSpace("many").Begin("test", "tests", Caller.Owner).Id);
        _server.Run(_id, new CommandBody { Mutation = new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { Many } } } });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task A_client_that_reads_slowly_holds_its_own_export_and_no_other()
    {
        using var channel = _server.NewChannel();
        var slow = Export(channel).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());
        var first = slow.Current.Chunk;
        var (file, summary) = await ReadAsync(Export(_server.Channel));
        Assert.Equal((Holons + 1UL, 0UL), (summary.Holons, summary.Links));
        // The one is told, and the other waits for its client.
        Assert.Equal(["ok"], _outcomes);
        var (rest, _) = await ReadAsync(Rest(slow));
        Assert.Equal(file, (byte[])[.. first.Span, .. rest]);
        Assert.Equal(["ok", "ok"], _outcomes);
    }

    [Fact]
    public async Task An_export_ends_with_its_client()
    {
        await foreach (var part in Export(_server.Channel))
        {
            Assert.Null(part.Summary);
            break;
        }

        await Eventually.HoldsAsync("the export has ended", () => _outcomes.SequenceEqual(["cancelled"]));
    }

    [Fact]
    public async Task Who_may_read_the_space_may_export_it_and_nobody_else()
    {
        _server.NewSpace("other");
        _server.Tokens.Create("here", AccessScope.Read, ["many"], out var here);
        _server.Tokens.Create("there", AccessScope.Read, ["other"], out var there);
        using var reader = GrpcChannel.ForTcp(_server.Server.TcpEndpoints[0].ToString(), here);
        using var stranger = GrpcChannel.ForTcp(_server.Server.TcpEndpoints[0].ToString(), there);
        Assert.Equal(Holons + 1UL, (await ReadAsync(Export(reader))).Summary.Holons);
        Assert.Equal((StatusCode.PermissionDenied, ErrorCode.Denied), await RefusedAsync(Export(stranger)));
        var unknown = new TransactionId { SpaceId = _id.SpaceId, LocalId = ByteString.CopyFrom(new byte[16]) };
        Assert.Equal((StatusCode.NotFound, ErrorCode.TransactionNotFound), await RefusedAsync(Export(_server.Channel, unknown)));
        Assert.Equal((StatusCode.InvalidArgument, ErrorCode.InvalidRequest), await RefusedAsync(Export(_server.Channel, new TransactionId())));
    }

    private static InlineFile Many { get; } = new()
    {
        Name = "many.json",
        Content = ByteString.CopyFrom(Encoding.UTF8.GetBytes(
            """{ "holons": [{ "key": "T", "type": "T", "properties": { "TypeName": "T", "AllowsAdditionalProperties": true } },"""
            + string.Join(',', Enumerable.Range(1, Holons).Select(
                i => $$"""{ "key": "h{{i}}", "type": "T", "properties": { "Text": "{{new string('x', TextLength)}}" } }"""))
            + "] }")),
    };

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
            if (tag.Key == name) return (string)tag.Value!;
        return "";
    }

    private IAsyncEnumerable<ExportResponse> Export(GrpcChannel channel, TransactionId? id = null) =>
        channel.ServerStreamingAsync<ExportRequest, ExportResponse>("map.v1.MapSpaces/Export", new ExportRequest { TransactionId = id ?? _id });

    private static async IAsyncEnumerable<ExportResponse> Rest(IAsyncEnumerator<ExportResponse> parts)
    {
        await using (parts)
            while (await parts.MoveNextAsync()) yield return parts.Current;
    }

    private static async Task<(byte[] File, ExportSummary Summary)> ReadAsync(IAsyncEnumerable<ExportResponse> parts)
    {
        using var file = new MemoryStream();
        var summary = default(ExportSummary);
        await foreach (var part in parts)
        {
            Assert.Null(summary);
            file.Write(part.Chunk.Span);
            summary = part.Summary;
        }

        return (file.ToArray(), Assert.IsType<ExportSummary>(summary));
    }

    private static async Task<(StatusCode Status, ErrorCode Code)> RefusedAsync(IAsyncEnumerable<ExportResponse> parts)
    {
        var failure = await Assert.ThrowsAsync<GrpcStatusException>(async () => await ReadAsync(parts));
        return (failure.StatusCode, failure.GetDetail<HolonError>()!.Code);
    }
}
