namespace Map.Wasm;

/// <summary>A module could not be instantiated: an import is missing or of another type, or a limit of the store forbids it.</summary>
public sealed class LinkException : Exception
{
    internal LinkException(string message)
        : base(message)
    {
    }
}
