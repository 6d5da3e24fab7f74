using Spectre.Console;
using Spectre.Console.Rendering;

namespace Map.Daemon.CommandLine;

/// <summary>Tells on a terminal how far a long work is; says nothing where standard error is not one.</summary>
internal sealed class WorkProgress
{
    private readonly ProgressContext? _context;
    private ProgressTask? _step;
    private string? _name;

    private WorkProgress(ProgressContext? context) => _context = context;

    /// <summary>Whether anybody sees it.</summary>
    public bool IsShown => _context is not null;

    /// <summary>Runs a work with its progress shown. It is wiped before the outcome is printed.</summary>
    /// <param name="work">The work.</param>
    /// <param name="mayShow">Whether the terminal is free for it.</param>
    public static async Task<T> ShowAsync<T>(Func<WorkProgress, Task<T>> work, bool mayShow = true)
    {
        if (!mayShow || Console.IsErrorRedirected) return await work(new WorkProgress(null));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new KnownPercentage(), new ElapsedTimeColumn())
            .StartAsync(context => work(new WorkProgress(context)));
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

    /// <summary>A step is so far; it begins when it is another one than before.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="done">How much of it.</param>
    /// <param name="size">How much there is to do; 0 where nobody knows.</param>
    public void Tell(string name, double done, long size)
    {
        if (name != _name) Begin(name, size == 0 ? null : size);
        _name = name;
        if (_step is null || size == 0) return;
        _step.MaxValue = Math.Max(1, size);
        _step.Value = done;
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
