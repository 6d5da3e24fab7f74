using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>The hub and the model do not agree.</summary>
internal sealed class Disagreement(string message) : Exception(message);

/// <summary>Does the same steps to a hub and to the model, and compares what they answer.</summary>
internal sealed class ModelRun : IDisposable
{
    private readonly HubSide _hub = new();

    public ModelRun() => Model = _hub.ReadSpace();

    public ModelSpace Model { get; }

    /// <summary>How many commands were answered, by their outcome.</summary>
    public SortedDictionary<string, int> Outcomes { get; } = new(StringComparer.Ordinal);

    public void Dispose() => _hub.Dispose();

    /// <summary>Does a step to both.</summary>
    /// <returns>Whether it was done; else the model does not say what comes of it.</returns>
    /// <exception cref="Disagreement">They do not agree.</exception>
    public bool Do(ModelStep step)
    {
        switch (step)
        {
            case BeginStep begin:
                _hub.Begin(begin.Transaction, Model.Begin(begin));
                Count("Begin");
                return true;
            case RestartStep:
                Restart();
                return true;
            case LookStep look:
                if (Model.Find(look.Transaction) is not { Status: TransactionStatus.Open } transaction) return false;
                foreach (var query in ModelLook.Queries(transaction, look.Part))
                    Execute(new CommandStep(look.Transaction, new CommandBody { Query = query }, Symbols.Nothing, ""));
                Count("Look");
                return true;
            default:
                return Execute((CommandStep)step);
        }
    }

    private void Restart()
    {
        _hub.Restart();
        Model.Restart();
        var (model, hub) = (Model.Open.Select(each => each.Id).Order(), _hub.Open().Order());
        if (!model.SequenceEqual(hub)) throw new Disagreement($"open are {string.Join(' ', hub)}, the model says {string.Join(' ', model)}");
        Count("Restart");
    }

    private bool Execute(CommandStep step)
    {
        CommandResponse? body = null;
        ModelRefusal? refusal = null;
        try
        {
            body = Model.Execute(step);
        }
        catch (ModelRefusal refused)
        {
            refusal = refused;
        }
        catch (BeyondModel)
        {
            Count($"{NameOf(step.Command)} beyond the model");
            return false;
        }

        var answer = _hub.Execute(step);
        var isSame = refusal is null
            ? answer.Success && answer.Errors.All(warning => warning.Details.Rule != "") && Equals(answer.Body, body)
            : !answer.Success && answer.Body is null && AreSame(step, answer, refusal);
        var said = refusal is null ? StepText.Of(body) : Show(refusal);
        if (!isSame) throw new Disagreement($"{step}\n  the hub says {Show(answer)}\n  the model    {said}");
        Count($"{NameOf(step.Command)} {refusal?.Errors[0].Code}");
        if (step.Command.Mutation?.DeleteHolon is not null && body?.Count > 1) Count("DeleteHolon of several");
        return true;
    }

    /// <summary>A commit and a refresh tell all that is in their way, the others one of it.</summary>
    private static bool AreSame(CommandStep step, MapResponse answer, ModelRefusal refusal)
    {
        if (step.Command.Mutation is not ({ Commit: not null } or { Refresh: not null }) || refusal.Errors[0].Subject == 0)
            return refusal.Errors.Any(error => error.Code == answer.Errors[0].Code);
        var told = answer.Errors.Where(error => error.Code != ErrorCode.ValidationFailed);
        return refusal.Errors.Order().SequenceEqual(told.Select(error => (error.Code, Symbols.HolonOf(error.Reference))).Order());
    }

    private static string Show(MapResponse answer) => answer.Success
        ? StepText.Of(answer.Body)
        : string.Join("; ", answer.Errors.Select(error => $"{error.Code} {StepText.Of(error.Reference)}: {error.Message}"));

    private static string Show(ModelRefusal refusal) => string.Join("; ", refusal.Errors.Select(error => $"{error.Code} h{error.Subject}"));

    private static string NameOf(CommandBody command) => command.Query?.CommandCase.ToString() ?? command.Mutation.CommandCase.ToString();

    private void Count(string outcome) => Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
}
