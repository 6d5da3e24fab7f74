using Map.Core.References;
using Map.Core.Values;

namespace Map.Core.Dancing;

/// <summary>What a dance answers.</summary>
public abstract record DanceResponse;

/// <summary>A holon, as the transaction sees it after the dance.</summary>
public sealed record DanceHolon(HolonReference Holon) : DanceResponse;

/// <summary>A value.</summary>
public sealed record DanceValue(BaseValue Value) : DanceResponse;
