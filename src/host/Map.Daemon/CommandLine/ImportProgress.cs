using Spectre.Console;
using Spectre.Console.Rendering;

namespace Map.Daemon.CommandLine;

/// <summary>Tells on a terminal how far an import is; says nothing where standard error is not one.</summary>
internal sealed class ImportProgress
{
    private readonly ProgressContext? _context;
    private ProgressTask? _step;

    private ImportProgress(ProgressContext? context) => _context = context;

    /// <summary>Runs an import with its progress shown. It is wiped before the outcome is printed.</summary>
    public static async Task<T> ShowAsync<T>(Func<ImportProgress, Task<T>> import)
    {
        if (Console.IsErrorRedirected) return await import(new ImportProgress(null));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new KnownPercentage(), new ElapsedTimeColumn())
            .StartAsync(context => import(new ImportProgress(context)));
    }

    /// <summary>The next step begins.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="size">How much there is to do; null where nobody knows.</param>
    public void Begin(string name, long? size = null)
    {
        if (_step is { } done)
        {
            done.IsIndeterminate(false);
            done.Value = done.MaxValue;
            done.StopTask();
        }

        _step = _context?.AddTask(name.EscapeMarkup(), maxValue: Math.Max(1, size ?? 1));
        if (size is null) _step?.IsIndeterminate();
    }

    /// <summary>So much more is done.</summary>
    public void Advance(int amount) => _step?.Increment(amount);

    /// <summary>The share that is done, of steps that know it.</summary>
    private sealed class KnownPercentage : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.IsIndeterminate ? "    " : $"{task.Percentage,3:N0}%");
    }
}
