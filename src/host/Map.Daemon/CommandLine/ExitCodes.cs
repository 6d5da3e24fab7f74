namespace Map.Daemon.CommandLine;

/// <summary>What the exit codes of the command line mean.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The daemon refused the request, or the input has errors.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No daemon is running on that data directory, or it does not answer.</summary>
    public const int NoDaemon = 3;

    /// <summary>The daemon could not start: data directory in use or damaged, endpoint taken.</summary>
    public const int CannotStart = 4;

    /// <summary>A check found something wrong, or a backup had to leave a space out.</summary>
    public const int Findings = 5;

    /// <summary>A defect of map-daemon; a stack trace is printed.</summary>
    public const int Defect = 70;

    /// <summary>Interrupted.</summary>
    public const int Interrupted = 130;
}
