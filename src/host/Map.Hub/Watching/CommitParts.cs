using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Hub.Binding;
using Map.V1;
using CoreSchema = Map.Core.Types.CoreSchema;
using HolonId = Map.Core.Identity.HolonId;
using LinkChange = Map.V1.LinkChange;

namespace Map.Hub.Watching;

/// <summary>Turns one saved commit into messages, each made when it is asked for: a load is far larger than a message.</summary>
internal sealed class CommitParts
{
    private readonly IHolonService _saved;
    private readonly SavedCommit _commit;
    private readonly Dictionary<LocalId, string> _names = [];

    private CommitParts(IHolonService saved, long number)
    {
        _saved = saved;
        _commit = saved.ReadCommit(number);
    }

    /// <summary>The parts of a commit, the last one marked.</summary>
    /// <param name="saved">The space.</param>
    /// <param name="number">The commit.</param>
    /// <param name="size">How many changes a part has at most.</param>
    public static IEnumerable<CommitPart> Of(IHolonService saved, long number, int size)
    {
        var parts = new CommitParts(saved, number);
        var part = parts.Start();
        foreach (var change in saved.CommitChanges(number))
        {
            if (part.Holons.Count + part.Links.Count == size)
            {
                yield return part;
                part = parts.Start();
            }

            if (change is SavedNodeChange node) part.Holons.Add(parts.ToWire(node));
            else part.Links.Add(parts.ToWire((SavedLinkChange)change));
        }

        part.IsLast = true;
        yield return part;
    }

    private CommitPart Start() => new()
    {
        Number = (ulong)_commit.Number,
        CommittedAt = WireWriter.ToTimestamp(_commit.UnixMicros),
        Label = _commit.Label,
        TransactionId = WireWriter.ToWire(_commit.Transaction),
    };

    private HolonChange ToWire(SavedNodeChange node) => new()
    {
        HolonId = IdOf(node.Holon),
        Kind = (HolonChangeKind)node.Kind,
        Version = (uint)node.Version,
    };

    private LinkChange ToWire(SavedLinkChange link)
    {
        var change = new LinkChange
        {
            Kind = link.IsAdd ? LinkChangeKind.Added : LinkChangeKind.Removed,
            Source = IdOf(link.Source),
            Target = IdOf(link.Slot.Other),
            Relationship = link.Name ?? NameOf(link.Relationship),
        };
        if (link.Name is null) change.RelationshipType = IdOf(link.Relationship);
        return change;
    }

    private V1.HolonId IdOf(LocalId local) => WireWriter.ToWire(new HolonId(_saved.Space, local));

    private string NameOf(LocalId type)
    {
        if (_names.TryGetValue(type, out var known)) return known;
        // The commit may have ended the type with its last links.
        var version = _saved.Versions(type, _commit.Number).FirstOrDefault();
        var name = version?.Properties[CoreSchema.TypeName] is StringValue text ? Names.Canonicalise(text.Value) : null;
        return _names[type] = name ?? type.ToString();
    }
}
