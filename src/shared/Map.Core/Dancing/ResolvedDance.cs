using Map.Core.Identity;

namespace Map.Core.Dancing;

/// <summary>A dance that a holon affords, with the code that carries it out.</summary>
/// <param name="Name">The type name of the dance.</param>
/// <param name="RequestType">The type of what it is asked with; null when it takes no request.</param>
/// <param name="Code">What carries it out.</param>
public sealed record ResolvedDance(string Name, LocalId? RequestType, DanceCode Code);

/// <summary>Code that carries out a dance.</summary>
public abstract record DanceCode;

/// <summary>A handler that is part of the daemon.</summary>
/// <param name="Handler">Its name.</param>
public sealed record BuiltinCode(string Handler) : DanceCode;

/// <summary>An entry point of an installed module.</summary>
/// <param name="Entry">Which one.</param>
public sealed record GuestCode(GuestEntry Entry) : DanceCode;
