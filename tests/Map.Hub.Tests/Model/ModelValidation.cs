using Map.V1;

namespace Map.Hub.Tests.Model;

/// <summary>
/// What breaks the rules that hold in every space, whatever other commits did. Of the others, which the types of random
/// links break all the time, the space of the model only warns.
/// </summary>
internal sealed class ModelValidation(List<ModelChange> changes, int spaceHolon)
{
    private readonly List<ModelChange> _live = [.. changes.Where(change => change.Draft.IsLive)];
    private readonly HashSet<int> _staged = [.. changes.Select(change => change.Draft.Id)];

    /// <summary>Finds the violations. A key that another commit took since the snapshot is none, but a conflict.</summary>
    public List<(ErrorCode Code, int Subject)> Find(ModelSnapshot latest, ModelSnapshot snapshot) =>
    [
        .. _live.Where(change => change.Draft.Type is null && change.Draft.Id != spaceHolon)
            .Select(change => (ErrorCode.MissingDescriptor, change.Draft.Id)),
        .. _live.Where(change => IsKeyTaken(change, latest) && IsKeyTaken(change, snapshot))
            .Select(change => (ErrorCode.DuplicateKey, change.Draft.Id)),
    ];

    private bool IsKeyTaken(ModelChange change, ModelSnapshot saved)
    {
        var draft = change.Draft;
        if (draft.Key is null || draft.Type is null) return false;
        if (_live.Any(other => other.Draft.Id != draft.Id && IsAlike(other.Draft))) return true;
        var isKept = change.From is { } from && IsAlike(from);
        return !isKept && saved.Holons.Values.Any(holon => !_staged.Contains(holon.Id) && IsAlike(holon));

        bool IsAlike(ModelHolon other) => other.Key == draft.Key && other.Type == draft.Type;
    }
}
