using System.Runtime.InteropServices;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Views;

namespace Map.Core.Traversing;

/// <summary>A holon found on the way.</summary>
/// <param name="Id">Which.</param>
/// <param name="Ways">How many ways lead to it; 1 where each counts once.</param>
/// <param name="Holon">The holon, if it was read already.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Found(LocalId Id, ulong Ways, HolonSnapshot? Holon = null);

/// <summary>One step of a plan, which turns holons found, in order of creation and each once, into others, likewise.</summary>
/// <param name="explanation">What it does.</param>
internal abstract class TraversalNode(TraversalPlanStep explanation)
{
    /// <summary>What it does and how much it reads at most.</summary>
    public TraversalPlanStep Explanation => explanation;

    /// <summary>Finds.</summary>
    /// <param name="input">What the step before found.</param>
    /// <param name="view">The view, through which what this step reads is counted.</param>
    public abstract IEnumerable<Found> Run(IEnumerable<Found> input, TransactionView view);
}

/// <summary>Holons, each with the number of ways to it.</summary>
/// <param name="isDistinct">Whether all ways to a holon count as one.</param>
/// <param name="most">How many holons it holds at most.</param>
internal sealed class HolonBag(bool isDistinct, int most)
{
    private readonly Dictionary<LocalId, ulong> _ways = [];

    public int Count => _ways.Count;

    /// <summary>Takes a holon.</summary>
    /// <exception cref="HolonException">There are too many.</exception>
    public void Add(LocalId id, ulong ways)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_ways, id, out var isThere);
        if (!isThere && _ways.Count > most) throw TooLarge();
        if (isDistinct) sum = 1;
        // Ways multiply with each hop; more than can be told is all the same.
        else sum = ulong.MaxValue - sum < ways ? ulong.MaxValue : sum + ways;
    }

    public bool Contains(LocalId id) => _ways.ContainsKey(id);

    /// <summary>The holons in order of creation.</summary>
    public List<Found> ToList()
    {
        LocalId[] ids = [.. _ways.Keys];
        ulong[] ways = [.. _ways.Values];
        Array.Sort(ids, ways);
        var found = new List<Found>(ids.Length);
        for (var i = 0; i < ids.Length; i++) found.Add(new Found(ids[i], ways[i]));
        return found;
    }

    private HolonException TooLarge() => new([new HolonError(
        HolonErrorCode.QueryTooLarge,
        $"The query finds more than {most:N0} holons on its way, which is more than it may hold. Filter earlier, or begin with fewer.") { Limit = most }]);
}
