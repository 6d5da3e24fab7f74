using Google.Protobuf;
using Map.Hub.Spaces;
using Map.V1;

namespace Map.Hub.Tests.Rules;

/// <summary>
/// A space that enforces types and one that reports, with the core schema. Many tests use them one after the other: what one
/// saved the next deletes.
/// </summary>
public sealed class RuleSpaces : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _enforcing;
    private readonly HolonSpaceManager _reporting;
    private readonly HashSet<HolonId> _core;

    public RuleSpaces()
    {
        _enforcing = _hub.NewSpace("enforcing");
        _reporting = _hub.NewSpace("reporting", enforces: false);
        _core = [.. new[] { true, false }.SelectMany(enforces => All(Begin(enforces))).Select(member => member.Reference.Smart.HolonId)];
    }

    public void Dispose() => _hub.Dispose();

    internal TestTransaction Begin(bool enforces) => _hub.Begin(enforces ? _enforcing : _reporting);

    /// <summary>Begins after everything but the core schema is deleted.</summary>
    internal TestTransaction BeginAnew(bool enforces)
    {
        var transaction = Begin(enforces);
        var others = All(transaction).Where(member => !_core.Contains(member.Reference.Smart.HolonId)).ToList();
        if (others.Count == 0) return transaction;
        foreach (var other in others)
        {
            var response = transaction.Send(TestTransaction.DeleteCommand(other.Reference));
            // Others may have taken it along.
            if (!response.Success) response.Refused(ErrorCode.AlreadyStaged);
        }

        transaction.Commit();
        return Begin(enforces);
    }

    private static List<HolonMember> All(TestTransaction transaction)
    {
        var all = new List<HolonMember>();
        var token = ByteString.Empty;
        do
        {
            var page = transaction.Ok(new QueryCommand { GetAll = new GetAllQuery { Page = new PageRequest { Token = token } } }).Page;
            all.AddRange(page.Members);
            token = page.NextToken;
        }
        while (!token.IsEmpty);
        return all;
    }
}
