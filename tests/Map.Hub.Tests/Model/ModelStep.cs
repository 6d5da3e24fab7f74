using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>One step of a run: data that is done to a hub and to the model, and can be done again to others.</summary>
internal abstract record ModelStep;

/// <summary>Begins a transaction.</summary>
/// <param name="Transaction">Its symbol.</param>
/// <param name="Back">How many commits before the latest it reads as of, as far as there are so many.</param>
internal sealed record BeginStep(int Transaction, int Back) : ModelStep
{
    public override string ToString() => $"begin t{Transaction}" + (Back == 0 ? "" : $", {Back} commits back");
}

/// <summary>Sends one command.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Command">The command, with symbols for ids.</param>
/// <param name="New">The first symbol for what it makes.</param>
/// <param name="RequestId">Makes a mutation safe to repeat; empty for none.</param>
internal sealed record CommandStep(int Transaction, CommandBody Command, int New, string RequestId) : ModelStep
{
    public override string ToString() =>
        $"t{Transaction}: {StepText.Of(Command)} makes {New}" + (RequestId.Length == 0 ? "" : $", request \"{RequestId}\"");
}

/// <summary>Closes the store and opens it again, as a new process would.</summary>
internal sealed record RestartStep : ModelStep
{
    public override string ToString() => "restart";
}

/// <summary>Looks at what queries tell of a transaction.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Part">At which holons: each is of one part.</param>
internal sealed record LookStep(int Transaction, int Part) : ModelStep
{
    /// <summary>How many parts there are.</summary>
    public const int Parts = 3;

    public override string ToString() => $"t{Transaction}: look at part {Part}";
}
