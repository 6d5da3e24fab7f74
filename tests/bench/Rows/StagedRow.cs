using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>Whether editing costs the same however much a transaction has staged.</summary>
internal sealed class StagedRow : Row
{
    private const double Bar = 1.5;

    public override string Name => "staged";

    public override string Summary => "set property, undo and redo with many staged holons, against few";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        context.Progress("staging");
        var small = await Editing.StartAsync(space, BenchSettings.SmallStaged);
        var large = await Editing.StartAsync(space, context.Settings.LargeStaged);
        var sets = await Interleaved.MeasureAsync(context, small.SetProperty, large.SetProperty);
        var undos = await Interleaved.MeasureAsync(context, small.Undo, large.Undo);
        var redos = await Interleaved.MeasureAsync(context, small.Redo, large.Redo);
        var sizes = $"at {context.Settings.LargeStaged:N0} staged";
        return
        [
            RowResult.Ratio($"set property {sizes}", sets[1], sets[0], Bar),
            RowResult.Ratio($"undo {sizes}", undos[1], undos[0], Bar),
            RowResult.Ratio($"redo {sizes}", redos[1], redos[0], Bar),
        ];
    }

    /// <summary>A transaction under edit.</summary>
    private sealed class Editing
    {
        private readonly BenchClient _client;
        private readonly TransactionId _transaction;
        private readonly List<HolonReference> _tasks;
        private readonly Random _random = new(Seed: 1);
        private readonly MapRequest _undo;
        private readonly MapRequest _redo;
        private long _effort;

        private Editing(BenchClient client, TransactionId transaction, List<HolonReference> tasks)
        {
            (_client, _transaction, _tasks) = (client, transaction, tasks);
            (_undo, _redo) = (Requests.Undo(transaction), Requests.Redo(transaction));
            var at = $"at {tasks.Count:N0} staged";
            SetProperty = new Probe($"set property {at}", SetAsync);
            Undo = new Probe($"undo {at}", () => _client.ExecuteAsync(_undo)) { Prepare = SetAsync };
            Redo = new Probe($"redo {at}", () => _client.ExecuteAsync(_redo)) { Prepare = () => _client.ExecuteAsync(_undo) };
        }

        /// <summary>Each call sets a property of another holon, as it falls.</summary>
        public Probe SetProperty { get; }

        public Probe Undo { get; }

        public Probe Redo { get; }

        public static async Task<Editing> StartAsync(BenchSpace space, int count)
        {
            var content = await space.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: false));
            var transaction = await space.StageAsync(content);
            return new Editing(space.Client, transaction, await space.Client.ListTasksAsync(transaction));
        }

        private Task<CommandResponse?> SetAsync() =>
            _client.ExecuteAsync(Requests.SetEffort(_transaction, _tasks[_random.Next(_tasks.Count)], _effort++));
    }
}
