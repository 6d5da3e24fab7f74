using System.Diagnostics;
using Map.Storage;

namespace Map.Crash.Host;

/// <summary>Kills the process, as by kill -9, when it reaches a step of the store for the n-th time.</summary>
internal sealed class CrashPoint(FaultPoint point, int count)
{
    private int _left = count;
    private volatile bool _isArmed;

    /// <summary>Reads <c>CommitSynced:17</c>.</summary>
    public static CrashPoint Parse(string text)
    {
        var parts = text.Split(':');
        return new CrashPoint(Enum.Parse<FaultPoint>(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Begins to count.</summary>
    public void Arm()
    {
        _isArmed = true;
        Console.Error.WriteLine("armed");
    }

    /// <summary>Is called at every step.</summary>
    public void Reach(FaultPoint reached)
    {
        if (!_isArmed || reached != point || Interlocked.Decrement(ref _left) != 0) return;
        Console.Error.WriteLine($"killed at {point}");
        using var self = Process.GetCurrentProcess();
        self.Kill();

        // The signal may reach another thread first; this one must not go on to the next step.
        Thread.Sleep(Timeout.Infinite);
    }
}
