using Map.Bench.Client;
using Map.Bench.Harness;
using Map.V1;

namespace Map.Bench.Rows;

/// <summary>Whether moves in the history cost the same however many steps there are, and what a step takes of memory.</summary>
internal sealed class HistoryRow : Row
{
    private const double Bar = 1.5;
    private const int SmallSteps = 20;

    /// <summary>As many as a transaction may have, less the load and what the probes add.</summary>
    private const double LargePart = 0.999;

    public override string Name => "history";

    public override string Summary => "undo, redo and moves to a marker after many steps, against few, and memory of a step";

    public override async Task<IReadOnlyList<RowResult>> RunAsync(BenchContext context)
    {
        await using var server = await context.StartServerAsync();
        var space = await server.Client.CreateSpaceAsync("bench");
        var count = (int)(context.Settings.LargeStaged * LargePart);
        var small = await Edits.StartAsync(space, BenchSettings.SmallStaged);
        await small.StepAsync(SmallSteps);
        var large = await Edits.StartAsync(space, context.Settings.LargeStaged);
        // Once, so that what is made once is not counted.
        await large.StepAsync(SmallSteps);
        context.Progress($"making {count:N0} steps");
        var before = await server.Client.MeasureHeapAsync();
        await large.StepAsync(count - SmallSteps);
        var after = await server.Client.MeasureHeapAsync();
        var bytes = ((double)after.HeapBytes - before.HeapBytes) / (count - SmallSteps);
        var at = $"at {count:N0} steps, {context.Settings.LargeStaged:N0} staged";
        var results = new List<RowResult>();
        foreach (var (name, of) in Probes)
        {
            var times = await Interleaved.MeasureAsync(context, of(small, $"{name} at few"), of(large, $"{name} {at}"));
            results.Add(RowResult.Ratio($"{name} {at}", times[1], times[0], Bar));
        }

        results.Add(new RowResult(
            $"memory of an undo step, {at}", "none", bytes, bytes, bytes, new Bar(null, IsMostAllowed: true, "B")));
        return results;
    }

    private static IEnumerable<(string Name, Func<Edits, string, Probe> Of)> Probes =>
    [
        ("undo", (edits, name) => new Probe(name, edits.UndoAsync) { Prepare = () => edits.RedoToAsync(Edits.Last) }),
        ("redo", (edits, name) => new Probe(name, edits.RedoAsync) { Prepare = edits.UndoAsync }),
        ("undo to a marker 10 steps back", (edits, name) =>
            new Probe(name, () => edits.UndoToAsync(Edits.Near)) { Prepare = () => edits.RedoToAsync(Edits.Last) }),
        ("redo to a marker 10 steps ahead", (edits, name) =>
            new Probe(name, () => edits.RedoToAsync(Edits.Last)) { Prepare = () => edits.UndoToAsync(Edits.Near) }),
        ("undo to the first step", (edits, name) =>
            new Probe(name, () => edits.UndoToAsync(Edits.First)) { Prepare = () => edits.RedoToAsync(Edits.Last) }),
    ];

    /// <summary>A transaction with a history.</summary>
    private sealed class Edits(BenchClient client, TransactionId transaction, List<HolonReference> tasks)
    {
        public const string First = "first";
        public const string Near = "near";
        public const string Last = "last";

        private const int NearSteps = 10;
        private readonly Random _random = new(Seed: 2);
        private int _generation;

        public static async Task<Edits> StartAsync(BenchSpace space, int count)
        {
            var content = await space.Client.UploadAsync("tasks.json", TaskFiles.Tasks(count, isLinked: false));
            var transaction = await space.StageAsync(content);
            var edits = new Edits(space.Client, transaction, await space.Client.ListTasksAsync(transaction));
            await edits.MarkAsync(First);
            return edits;
        }

        /// <summary>Adds steps, each at a holon as it falls, with the markers near the end and at it.</summary>
        public async Task StepAsync(int count)
        {
            _generation++;
            for (var i = 0; i < count; i++)
            {
                if (i == count - NearSteps) await MarkAsync(Near + _generation);
                await client.ExecuteAsync(Requests.SetEffort(transaction, tasks[_random.Next(tasks.Count)], i));
            }

            await MarkAsync(Last + _generation);
        }

        public Task<CommandResponse?> UndoAsync() => client.ExecuteAsync(Requests.Undo(transaction));

        public Task<CommandResponse?> RedoAsync() => client.ExecuteAsync(Requests.Redo(transaction));

        public Task<CommandResponse?> UndoToAsync(string marker) => client.ExecuteAsync(Requests.Mutation(
            transaction, new MutationCommand { UndoToMarker = new UndoToMarkerCommand { MarkerId = Now(marker) } }));

        public Task<CommandResponse?> RedoToAsync(string marker) => client.ExecuteAsync(Requests.Mutation(
            transaction, new MutationCommand { RedoToMarker = new RedoToMarkerCommand { MarkerId = Now(marker) } }));

        private string Now(string marker) => marker == First ? marker : marker + _generation;

        private Task<CommandResponse?> MarkAsync(string marker) => client.ExecuteAsync(Requests.Mutation(
            transaction, new MutationCommand { AddUndoMarker = new AddUndoMarkerCommand { MarkerId = marker } }));
    }
}
