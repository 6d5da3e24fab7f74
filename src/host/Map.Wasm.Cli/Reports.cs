namespace Map.Wasm.Cli;

/// <summary>What went wrong, for people.</summary>
internal static class Reports
{
    /// <summary>Runs an action and turns the errors that a user can cause into a message and an exit code.</summary>
    public static int Guard(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (TrapException trap)
        {
            Console.Error.WriteLine(trap.Describe());
        }
        catch (Exception e) when (e is ModuleException or LinkException or IOException or UnauthorizedAccessException or UsageException)
        {
            Console.Error.WriteLine(e.Message);
        }

        return 1;
    }
}

/// <summary>The command line asks for what the module does not have.</summary>
internal sealed class UsageException(string message) : Exception(message);
