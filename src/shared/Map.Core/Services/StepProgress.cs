namespace Map.Core.Services;

/// <summary>How far a long work is.</summary>
/// <param name="Step">What is done: <c>nodes of garden</c>.</param>
/// <param name="Done">How much of it.</param>
/// <param name="Total">How much there is, about; 0 when not known.</param>
public readonly record struct StepProgress(string Step, long Done, long Total);
