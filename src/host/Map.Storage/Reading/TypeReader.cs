using Map.Core.Identity;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>Reads which holons a type describes.</summary>
internal sealed class TypeReader(StoreGate gate)
{
    internal IEnumerable<LocalId> Scan(LocalId type, LocalId? after, long asOf)
    {
        using var read = gate.Read(ViewKind.Types);
        Start(read.View, type, after, asOf);
        while (read.View.Members.MoveNext()) yield return LocalId.Read(read.View.Members.Suffix);
    }

    internal long Count(LocalId type, long asOf)
    {
        using var read = gate.Read(ViewKind.Types);
        if (ReadHead(read.Store, type) is not { } head) return 0;
        if (head.IsUnchangedSince(asOf)) return head.Count;
        Start(read.View, type, after: null, asOf);
        return read.View.Members.CountRest();
    }

    private static void Start(ReadView view, LocalId type, LocalId? after, long asOf)
    {
        Span<byte> group = stackalloc byte[LocalId.Size];
        type.Write(group);
        Span<byte> last = stackalloc byte[LocalId.Size];
        after?.Write(last);
        view.Members.Start(group, shared: default, LocalId.Size, after is null ? default : last, asOf);
    }

    private static GroupHead? ReadHead(OpenStore store, LocalId type)
    {
        Span<byte> key = stackalloc byte[LocalId.Size];
        type.Write(key);
        using var value = store.Rows.Get(ColumnFamily.TypeHeads, key);
        return value.Exists ? GroupHead.Read(value.Bytes) : null;
    }
}
