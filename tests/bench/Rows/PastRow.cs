using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>What links that were removed cost those who read the ones that are left, or read as of then.</summary>
internal sealed class PastRow : Row
{
    private const double Bar = 1.5;
    private const uint Members = 100;
    private const string Relationship = "Concerns";

    public override string Name => "past";

    public override string Summary => "reads of 100 links that were toggled often, and of relationships with many past members";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        var past = context.Settings.PastMembers;
        await space.LoadAsync(await server.Client.UploadAsync("tasks.json", TaskFiles.Tasks(past, isLinked: false)));
        var (still, toggled, worn) = (new Hub(space, "Still"), new Hub(space, "Toggled"), new Hub(space, "Worn"));
        foreach (var hub in (Hub[])[still, toggled, worn]) await hub.MakeAsync(firstMember: 0, (int)Members);
        var before = await space.BeginAsync();
        context.Progress($"{context.Settings.Toggles:N0} commits that toggle {Members} links");
        var half = context.Settings.Toggles / 4 * 2;
        await toggled.ToggleAsync(context, half, (int)Members);
        var middle = await space.BeginAsync();
        await toggled.ToggleAsync(context, context.Settings.Toggles - half, (int)Members);
        context.Progress($"{past:N0} members that come and go");
        await worn.WearAsync((int)Members, past - (int)Members);
        var now = await space.BeginAsync();
        var times = await Interleaved.MeasureAsync(
            context,
            await still.ReadAsync(now, "of links never removed"),
            await toggled.ReadAsync(now, "of toggled links"),
            await worn.ReadAsync(now, $"beside {past:N0} past members"));
        var asOf = await Interleaved.MeasureAsync(
            context,
            await still.ReadAsync(before, "of links never removed, as of before"),
            await toggled.ReadAsync(before, "of toggled links, as of before"),
            await toggled.ReadAsync(middle, "of toggled links, as of the middle"),
            await worn.ReadAsync(before, $"beside {past:N0} members that came later, as of before"));
        var toggles = $"{context.Settings.Toggles:N0} commits";
        return
        [
            RowResult.Ratio($"100 links after {toggles} toggled them", times[1], times[0], Bar),
            RowResult.Ratio($"the same as of before {toggles}", asOf[1], asOf[0], Bar),
            RowResult.Ratio($"the same as of the middle of {toggles}", asOf[2], asOf[0], Bar),
            RowResult.Ratio($"100 links beside {past:N0} past members", times[2], times[0], Bar),
            RowResult.Ratio($"the same as of before the {past:N0} came", asOf[3], asOf[0], null),
        ];
    }

    /// <summary>A holon with members.</summary>
    private sealed class Hub(BenchSpace space, string key)
    {
        private readonly BenchClient _client = space.Client;
        private readonly List<HolonReference> _members = [];

        /// <summary>Saves it with its members.</summary>
        public async Task MakeAsync(int firstMember, int count)
        {
            var transaction = await space.StageOneAsync(key);
            await AddAsync(transaction, await FindAsync(transaction), firstMember, count);
            await _client.ExecuteAsync(Requests.Commit(transaction));
        }

        /// <summary>Removes all its members and brings them back, again and again.</summary>
        public async Task ToggleAsync(BenchContext context, int commits, int count)
        {
            for (var i = 0; i < commits; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                await ChangeAsync(isAdded: i % 2 == 1, 0, count);
            }
        }

        /// <summary>Adds further members and removes them again.</summary>
        public async Task WearAsync(int firstMember, int count)
        {
            await ChangeAsync(isAdded: true, firstMember, count);
            await ChangeAsync(isAdded: false, firstMember, count);
        }

        /// <summary>Reads the members in view of a transaction.</summary>
        public async Task<Probe> ReadAsync(TransactionId transaction, string what)
        {
            var request = Requests.Related(transaction, await FindAsync(transaction), Relationship, Members);
            return new Probe($"members {what}", async () =>
            {
                var page = (await _client.ExecuteAsync(request))!.Page;
                if (page.Members.Count != Members) throw new BenchException($"{key} has {page.Members.Count} members.");
            });
        }

        private async Task ChangeAsync(bool isAdded, int firstMember, int count)
        {
            var transaction = await space.BeginAsync();
            var hub = (await _client.ExecuteAsync(Requests.StageVersion(transaction, await FindAsync(transaction))))!.Reference;
            if (isAdded) await AddAsync(transaction, hub, firstMember, count);
            else await _client.ExecuteAsync(Requests.RemoveRelated(transaction, hub, Relationship, await MembersAsync(transaction, firstMember, count)));
            await _client.ExecuteAsync(Requests.Commit(transaction));
        }

        private async Task AddAsync(TransactionId transaction, HolonReference hub, int firstMember, int count) =>
            await _client.ExecuteAsync(
                Requests.AddRelated(transaction, hub, Relationship, await MembersAsync(transaction, firstMember, count)));

        private async Task<List<HolonReference>> MembersAsync(TransactionId transaction, int first, int count)
        {
            for (var i = _members.Count; i < first + count; i++)
                _members.Add((await _client.ExecuteAsync(Requests.GetByKey(transaction, TaskFiles.KeyOf(i))))!.Reference);
            return [.. _members.Skip(first).Take(count).Select(member => new HolonReference(member) { TransactionId = transaction })];
        }

        private async Task<HolonReference> FindAsync(TransactionId transaction) =>
            (await _client.ExecuteAsync(Requests.GetByKey(transaction, key)))!.Reference;
    }
}
