using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Map.Daemon.Tests;

/// <summary>What a process printed and how it ended.</summary>
internal sealed record Ending(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The program under test as a real process, from the build output. Ended for sure when it is disposed.</summary>
internal sealed partial class MapProgram : IDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _error = new();
    private readonly Task<string> _output;
    private readonly Task _errorEnd;

    // Asked for once: several may wait, and a Process is not made for many threads.
    private readonly Task _exit;

    private MapProgram(Process process, string name)
    {
        (_process, _name) = (process, name);
        _output = process.StandardOutput.ReadToEndAsync();
        _errorEnd = CopyErrorAsync();
        _exit = process.WaitForExitAsync();
    }

    /// <summary>The folder that the program is built to.</summary>
    public static string Folder => AppContext.BaseDirectory;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote to standard error so far.</summary>
    public string Error
    {
        get
        {
            lock (_error) return _error.ToString();
        }
    }

    /// <summary>Starts it.</summary>
    public static MapProgram Start(IEnumerable<string> args, string? folder = null, string? home = null) =>
        Launch(Path.Combine(folder ?? Folder, "map-daemon"), args, home);

    /// <summary>Starts another program in its place.</summary>
    public static MapProgram Launch(string file, IEnumerable<string> args, string? home = null)
    {
        var start = new ProcessStartInfo(file, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("MAP_DAEMON_DATA");
        start.Environment.Remove("XDG_RUNTIME_DIR");
        if (home is not null) start.Environment["HOME"] = home;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new MapProgram(process, $"{Path.GetFileName(file)} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<Ending> RunAsync(params string[] args)
    {
        using var program = Start(args);
        return await program.EndAsync();
    }

    public void Signal(int signal) => Assert.Equal(0, SendSignal(_process.Id, signal));

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It has not ended; the message says what was waited for and how the process is.</exception>
    public async Task<Ending> EndAsync()
    {
        await AwaitAsync(_exit, "exit");
        await AwaitAsync(_errorEnd, "close its standard error");
        await AwaitAsync(_output, "close its standard output");
        return new Ending(_process.ExitCode, await _output, Error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        if (!_process.WaitForExit(Eventually.Patience)) throw new TimeoutException(WaitedInVain("exit after a kill"));
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);

    private async Task AwaitAsync(Task end, string what)
    {
        try
        {
            await end.WaitAsync(Eventually.Patience);
        }
        catch (TimeoutException vain)
        {
            throw new TimeoutException(WaitedInVain(what), vain);
        }
    }

    private string WaitedInVain(string what) =>
        $"{_name} (process {Id}) did not {what} in {Eventually.Patience.TotalSeconds} s. Its threads: {Threads()}. It wrote: {Error}";

    /// <summary>What each thread does, as the system tells it: name, state, and where in the system it waits.</summary>
    private string Threads()
    {
        try
        {
            return string.Join(", ", Directory.GetDirectories($"/proc/{Id}/task").Select(thread =>
            {
                var stat = File.ReadAllText(Path.Combine(thread, "stat"));
                var state = stat[stat.LastIndexOf(')')..].Split(' ')[1];
                return $"{File.ReadAllText(Path.Combine(thread, "comm")).Trim()} {state} {File.ReadAllText(Path.Combine(thread, "wchan"))}";
            }));
        }
        catch (IOException gone)
        {
            return $"none ({gone.Message})";
        }
    }

    private async Task CopyErrorAsync()
    {
        var buffer = new char[4096];
        int read;
        while ((read = await _process.StandardError.ReadAsync(buffer)) > 0)
            lock (_error) _error.Append(buffer, 0, read);
    }
}
