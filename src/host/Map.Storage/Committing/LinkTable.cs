using System.Runtime.InteropServices;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;

namespace Map.Storage.Committing;

/// <summary>Two holons and a relationship from the one to the other.</summary>
internal readonly record struct LinkPair(LocalId Source, LocalId Relationship, LocalId Target)
{
    /// <summary>The links of the relationship from the source.</summary>
    internal LinkGroupId SourceGroup => new(Source, LinkDirection.Forward, Relationship);

    /// <summary>The links of the relationship to the target.</summary>
    internal LinkGroupId TargetGroup => new(Target, LinkDirection.Reverse, Relationship);

    // Ids are random in their low halves; the generated hash would be slower and no better.
    public override int GetHashCode() =>
        HashCode.Combine((ulong)Source.Value, (ulong)Relationship.Value, (ulong)Target.Value);
}

/// <summary>A link that one commit looks at: what it was in the store, and what it is after the commit.</summary>
internal struct LinkEntryState
{
    internal LinkPair Pair;
    internal uint Occurrence;

    /// <summary>Whether the store has it, with its order and the commit that added it.</summary>
    internal bool IsStored;
    internal ulong StoredOrder;
    internal long StoredAdd;

    /// <summary>Whether it is there after the commit.</summary>
    internal bool IsLive;

    /// <summary>Whether this commit adds it, or adds it again.</summary>
    internal bool IsAdded;
    internal ulong Order;

    /// <summary>The index of the next link of the pair; negative at the end.</summary>
    internal int Next;
}

/// <summary>
/// The links that one commit looks at, by pair. What the store has of a pair is read when the pair is met first, unless
/// the commit creates one of its ends.
/// </summary>
internal sealed class LinkTable(CommitDraft draft, LinkGroups groups)
{
    private struct PairState
    {
        internal bool IsKnown;
        internal int First;
    }

    private readonly Dictionary<LinkPair, PairState> _pairs = [];
    private readonly List<LinkEntryState> _links = [];

    /// <summary>All links, in the order in which they were met.</summary>
    internal Span<LinkEntryState> All => CollectionsMarshal.AsSpan(_links);

    /// <summary>The index of the first link of a pair, or a negative number.</summary>
    internal int First(LinkPair pair) => Pair(pair).First;

    /// <summary>The first link of a pair that is there, or -1.</summary>
    internal int FindLive(LinkPair pair)
    {
        var index = First(pair);
        while (index >= 0 && !All[index].IsLive) index = All[index].Next;
        return index;
    }

    /// <summary>The link of a pair with an occurrence number, there or not; or -1.</summary>
    internal int Find(LinkPair pair, uint occurrence)
    {
        var index = First(pair);
        while (index >= 0 && All[index].Occurrence != occurrence) index = All[index].Next;
        return index;
    }

    /// <summary>The number after the highest that a link of the pair has now.</summary>
    internal uint NextOccurrence(LinkPair pair)
    {
        uint next = 0;
        for (var index = First(pair); index >= 0; index = All[index].Next)
            if (All[index].IsLive) next = Math.Max(next, checked(All[index].Occurrence + 1));
        return next;
    }

    /// <summary>Takes a link of a pair in; it is not there yet unless it is stored.</summary>
    /// <returns>Its index.</returns>
    internal int Take(LinkPair pair, uint occurrence, MemberRow? stored)
    {
        ref var state = ref Pair(pair);
        _links.Add(new LinkEntryState
        {
            Pair = pair,
            Occurrence = occurrence,
            IsStored = stored is not null,
            IsLive = stored is not null,
            StoredOrder = stored?.ForwardOrder ?? 0,
            StoredAdd = stored?.Added ?? 0,
            Next = state.First,
        });
        return state.First = _links.Count - 1;
    }

    /// <summary>Takes in a stored link that a deletion met. Its pair need not be read for that.</summary>
    internal int TakeStored(LinkPair pair, uint occurrence, MemberRow stored)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
        if (!state.IsKnown) state = new PairState { IsKnown = true, First = -1 };
        var index = Find(pair, occurrence);
        return index >= 0 ? index : Take(pair, occurrence, stored);
    }

    /// <summary>Whether this commit ends a stored link.</summary>
    internal bool Ends(LinkPair pair, uint occurrence)
    {
        if (!_pairs.TryGetValue(pair, out var state)) return false;
        for (var index = state.First; index >= 0; index = All[index].Next)
            if (All[index].Occurrence == occurrence) return All[index].IsStored && (!All[index].IsLive || All[index].IsAdded);
        return false;
    }

    private ref PairState Pair(LinkPair pair)
    {
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
        if (state.IsKnown) return ref state;
        state = new PairState { IsKnown = true, First = -1 };
        if (draft.StandingOf(pair.Source).IsNew || draft.StandingOf(pair.Target).IsNew) return ref state;
        state.First = Load(pair);
        return ref state;
    }

    private int Load(LinkPair pair)
    {
        var first = -1;
        var group = groups.FindStored(pair.TargetGroup);
        if (group.Count == 0) return first;
        Span<byte> key = stackalloc byte[RowKeys.LinkSize];
        RowKeys.WriteLinkPeriod(key, pair.Target, LinkDirection.Reverse, pair.Relationship, group.Period);
        RowKeys.WriteLinkMember(key[RowKeys.LinkPeriodSize..], new LinkSlot(0, pair.Source, 0), added: 0);
        var prefix = key[..^(sizeof(uint) + RowKeys.InverseSize)];
        var rows = draft.Latest.Links;
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
        {
            var stored = MemberRow.Read(rows.Key, rows.Value);
            if (!stored.IsLive) continue;
            _links.Add(new LinkEntryState
            {
                Pair = pair,
                Occurrence = RowKeys.ReadLinkSlot(rows.Key).Occurrence,
                IsStored = true,
                IsLive = true,
                StoredOrder = stored.ForwardOrder,
                StoredAdd = stored.Added,
                Next = first,
            });
            first = _links.Count - 1;
        }

        return first;
    }
}
