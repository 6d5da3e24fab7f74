using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads which holons a type describes.</summary>
internal sealed class TypeReader(Database db, ViewPool views)
{
    internal IEnumerable<LocalId> Scan(LocalId type, LocalId? after, long asOf)
    {
        var view = views.Rent(ViewKind.Types);
        try
        {
            if (ReadHead(type) is not { } head) yield break;
            Start(view, type, after, head, asOf);
            while (view.Members.MoveNext()) yield return LocalId.Read(view.Members.Suffix);
        }
        finally
        {
            views.Return(view);
        }
    }

    internal long Count(LocalId type, long asOf)
    {
        var view = views.Rent(ViewKind.Types);
        try
        {
            if (ReadHead(type) is not { } head) return 0;
            if (head.IsUnchangedSince(asOf)) return head.Count;
            Start(view, type, after: null, head, asOf);
            return view.Members.CountRest();
        }
        finally
        {
            views.Return(view);
        }
    }

    private static void Start(ReadView view, LocalId type, LocalId? after, GroupHead head, long asOf)
    {
        Span<byte> group = stackalloc byte[LocalId.Size];
        type.Write(group);
        Span<byte> last = stackalloc byte[LocalId.Size];
        after?.Write(last);
        view.Members.Start(group, LocalId.Size, after is null ? default : last, head, asOf);
    }

    private GroupHead? ReadHead(LocalId type)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        using var value = db.Get(ColumnFamily.TypeHeads, key);
        return value.Exists ? GroupHead.Read(value.Bytes) : null;
    }
}
