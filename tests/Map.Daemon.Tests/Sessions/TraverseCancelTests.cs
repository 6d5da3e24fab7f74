using System.Diagnostics;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Map.Hub;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using Xunit.Abstractions;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Daemon.Tests.Sessions;

/// <summary>A query over a large graph ends when its client no longer wants it, over a real socket.</summary>
public sealed class TraverseCancelTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Holons = 4_000;
    private const int LinksEach = 20;
    private const int Tries = 20;

    // Some 160 million links: far more than are followed before the cancel.
    private const int Hops = 2_000;

    private HubServer _server = null!;
    private HolonSpaceManager _space = null!;

    public async Task InitializeAsync()
    {
        _server = await HubServer.StartAsync(new HubOptions
        {
            CoreSchema = [],
            TraversalTime = TimeSpan.FromMinutes(10),
            Traversals = new Map.Core.Traversing.TraversalLimits { MaxHops = Hops, MaxRowsRead = long.MaxValue },
        });
        _space = _server.NewSpace("graph");
        var load = WireWriter.ToWire(Begin());
        _server.Run(load, new CommandBody { Mutation = new MutationCommand { LoadHolons = new LoadHolonsCommand { Files = { Graph() } } } });
        _server.Run(load, new CommandBody { Mutation = new MutationCommand { Commit = new CommitCommand() } });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_client_that_cancels_is_answered_at_once_and_the_session_goes_on()
    {
        await using var client = new SessionClient(_server.Channel);
        var (transaction, other) = (Begin(), Begin());
        var taken = new List<double>();
        for (var i = 0; i < Tries; i++)
        {
            // Replies to what was sent behind it say that the daemon has it; more of them, that it is further on.
            var (id, reply) = client.Send(transaction, new CommandBody { Query = new QueryCommand { Traverse = Everywhere() } });
            for (var read = 0; read <= 10 * i; read++) await client.Send(other, new QueryCommand { StagedCount = new StagedCountQuery() });
            var since = Stopwatch.GetTimestamp();
            client.Cancel(id);
            var answer = await reply.WaitAsync(Waiting.Patience);
            taken.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            Assert.Equal((ErrorCode.Cancelled, true), (answer.Errors[0].Code, answer.Errors[0].Retryable));
        }

        output.WriteLine(string.Join(" ", taken.Select(each => each.ToString("F1", CultureInfo.InvariantCulture))));
        taken.Sort();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"From cancel to answer, {Tries} times: median {taken[Tries / 2]:F1} ms, most {taken[^1]:F1} ms."));
        Assert.Equal(0UL, (await client.Send(transaction, new QueryCommand { StagedCount = new StagedCountQuery() })).Body.Count);
        await client.EndAsync();
    }

    private CoreTransactionId Begin() => _space.Begin("", "", Caller.Owner).Id;

    /// <summary>Many links on from every holon.</summary>
    private static TraverseQuery Everywhere() => new()
    {
        Distinct = true,
        Seeds = { new TraverseSeed { List = new ListSeed() } },
        Steps = { new TraverseStep { Expand = new TraverseExpand { Relationships = { "Near" }, MinDepth = Hops, MaxDepth = Hops } } },
    };

    private static InlineFile Graph()
    {
        const string type = """
            {"key": "Type", "type": "Type",
             "properties": {"TypeName": "Type", "AllowsAdditionalProperties": true, "AllowsAdditionalRelationships": true}}
            """;
        var text = new StringBuilder("""{"holons": [""").Append(type);
        for (var i = 0; i < Holons; i++)
        {
            var targets = string.Join(',', Enumerable.Range(1, LinksEach).Select(step => $"\"h{(i + (step * step)) % Holons}\""));
            text.Append(CultureInfo.InvariantCulture, $$""", {"key": "h{{i}}", "type": "Type", "properties": {}, "relationships": """);
            text.Append(CultureInfo.InvariantCulture, $$"""[{"name": "Near", "target": [{{targets}}]}]}""");
        }

        return new InlineFile { Name = "graph.json", Content = ByteString.CopyFromUtf8(text.Append("]}").ToString()) };
    }
}
