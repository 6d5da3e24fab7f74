namespace Map.Hub.Commands;

/// <summary>
/// What a command is and needs, declared with its handler. The dispatcher checks the scope and ends the transaction; the
/// base class that declares the rest is what carries it out, so that the two cannot differ.
/// </summary>
public sealed record CommandPolicy
{
    /// <summary>Answers from the view; changes nothing and is never part of undo.</summary>
    public static readonly CommandPolicy Query = new() { Scope = AccessScope.Read, IsServedWhileCommitting = true };

    /// <summary>Changes the transaction as exactly one undo step.</summary>
    public static readonly CommandPolicy UndoStep = new() { Scope = AccessScope.Write, IsUndoStep = true };

    /// <summary>Moves in the history.</summary>
    public static readonly CommandPolicy History = new() { Scope = AccessScope.Write };

    /// <summary>Ends the transaction.</summary>
    public static readonly CommandPolicy Lifecycle = new() { Scope = AccessScope.Write, EndsTransaction = true };

    /// <summary>The scope that a caller needs.</summary>
    public required AccessScope Scope { get; init; }

    /// <summary>Whether it also runs while a commit of the transaction runs. Every command needs it open otherwise.</summary>
    public bool IsServedWhileCommitting { get; init; }

    /// <summary>Whether its success is one undo step.</summary>
    public bool IsUndoStep { get; init; }

    /// <summary>Whether its success ends the transaction.</summary>
    public bool EndsTransaction { get; init; }
}
