using Google.Protobuf;
using Map.Crash.Tests.Model;
using Map.Daemon.Tests;
using Map.V1;

namespace Map.Crash.Tests.Load;

/// <summary>Commands on tasks, named by their keys.</summary>
internal static class TaskCalls
{
    private const uint PageSize = 1_000;

    public static async Task<CommandResponse> MustAsync(this MapClient client, TransactionId transaction, MutationCommand mutation) =>
        Body(await client.MutateAsync(transaction, mutation), mutation);

    public static async Task<CommandResponse> MustAsync(this MapClient client, TransactionId transaction, QueryCommand query) =>
        Body(await client.QueryAsync(transaction, query), query);

    public static async Task<TransactionId> BeginAsync(this MapClient client, string space, string label)
    {
        var request = new BeginTransactionRequest { Space = new SpaceSelector { Name = space }, Label = label };
        return (await client.CallAsync<BeginTransactionRequest, BeginTransactionResponse>("MapSpaces/BeginTransaction", request))
            .TransactionId;
    }

    public static async Task<IReadOnlyList<TransactionInfo>> ListOpenAsync(this MapClient client, string space)
    {
        var request = new ListTransactionsRequest { Space = new SpaceSelector { Name = space } };
        return (await client.CallAsync<ListTransactionsRequest, ListTransactionsResponse>("MapSpaces/ListTransactions", request))
            .Transactions;
    }

    public static async Task<TransactionInfo> DescribeAsync(this MapClient client, TransactionId transaction) =>
        (await client.CallAsync<GetTransactionRequest, GetTransactionResponse>(
            "MapSpaces/GetTransaction", new GetTransactionRequest { TransactionId = transaction })).Transaction;

    public static Task<CreateSpaceResponse> CreateSpaceAsync(this MapClient client, string name, bool isBare) =>
        client.CallAsync<CreateSpaceRequest, CreateSpaceResponse>(
            "MapSpaces/CreateSpace", isBare ? new() { Name = name, None = new NoSchema() } : new() { Name = name });

    /// <summary>The holon of a key in view; null when there is none.</summary>
    public static async Task<HolonReference?> FindAsync(this MapClient client, TransactionId transaction, string key)
    {
        var response = await client.QueryAsync(transaction, new QueryCommand { GetByKey = new GetByKeyQuery { Key = key } });
        if (response.Success) return response.Body.Reference;
        Assert.Equal(ErrorCode.KeyNotFound, Assert.Single(response.Errors).Code);
        return null;
    }

    public static async Task<HolonReference> GetAsync(this MapClient client, TransactionId transaction, string key)
    {
        var reference = await client.FindAsync(transaction, key);
        Assert.True(reference is not null, $"There is no task {key}.");
        return reference;
    }

    /// <summary>Everything of a task in a line; null when there is none.</summary>
    public static async Task<string?> LineAsync(this MapClient client, TransactionId transaction, string key)
    {
        if (await client.FindAsync(transaction, key) is not { } task) return null;
        var content = await client.MustAsync(
            transaction, new QueryCommand { EssentialContent = new EssentialContentQuery { Holon = task } });
        var upon = await client.RelatedAsync(transaction, task, TaskContent.UponName);
        var follows = await client.RelatedAsync(transaction, task, TaskContent.FollowsName);
        return TaskContent.LineOf(content.EssentialContent, upon, follows);
    }

    /// <summary>Keys of the members of a relationship.</summary>
    public static Task<List<string>> RelatedAsync(this MapClient client, TransactionId transaction, HolonReference holon, string name) =>
        client.KeysAsync(transaction, page => new QueryCommand
        {
            RelatedHolons = new RelatedHolonsQuery { Holon = holon, Name = name, Page = page },
        });

    /// <summary>Keys in view that begin with a prefix, in order.</summary>
    public static Task<List<string>> KeysAsync(this MapClient client, TransactionId transaction, string prefix) =>
        client.KeysAsync(transaction, page => new QueryCommand { GetAll = new GetAllQuery { KeyPrefix = prefix, Page = page } });

    public static MutationCommand Load(ByteString file) => new()
    {
        LoadHolons = new LoadHolonsCommand { Files = { new InlineFile { Name = "tasks.json", Content = file } } },
    };

    public static MutationCommand Commit() => new() { Commit = new CommitCommand() };

    public static MutationCommand Rollback() => new() { Rollback = new RollbackCommand() };

    public static MutationCommand Undo() => new() { Undo = new UndoCommand() };

    public static MutationCommand Redo() => new() { Redo = new RedoCommand() };

    private static async Task<List<string>> KeysAsync(
        this MapClient client, TransactionId transaction, Func<PageRequest, QueryCommand> query)
    {
        var keys = new List<string>();
        var page = new PageRequest { Size = PageSize };
        do
        {
            var found = (await client.MustAsync(transaction, query(page))).Page;
            keys.AddRange(found.Members.Select(member => member.Key));
            page = new PageRequest { Size = PageSize, Token = found.NextToken };
        }
        while (!page.Token.IsEmpty);
        return keys;
    }

    private static CommandResponse Body(MapResponse response, IMessage command)
    {
        Assert.True(response.Success, $"{command}: {string.Join("; ", response.Errors)}");
        return response.Body ?? new CommandResponse();
    }
}
