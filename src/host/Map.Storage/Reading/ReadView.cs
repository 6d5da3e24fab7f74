using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Reading;

/// <summary>The reads that keep iterators ready.</summary>
internal enum ViewKind
{
    /// <summary>Versions of one holon.</summary>
    Node,

    /// <summary>All holons.</summary>
    NodeScan,
    Keys,
    LinkHeads,

    /// <summary>Members of one group of links.</summary>
    Links,

    /// <summary>Members of one type.</summary>
    Types,
}

/// <summary>
/// Iterators over the rows as they were at one moment, for one reader at a time. Any moment serves that is not before
/// the commit that is read as of.
/// </summary>
internal sealed class ReadView : IDisposable
{
    internal ReadView(Database db, ViewKind kind, long generation)
    {
        Kind = kind;
        Generation = generation;
        Rows = kind switch
        {
            ViewKind.Node => db.Iterate(ColumnFamily.Nodes, isWithinPrefix: true),
            ViewKind.NodeScan => db.Iterate(ColumnFamily.Nodes, isWithinPrefix: false),
            ViewKind.Keys => db.Iterate(ColumnFamily.Keys, isWithinPrefix: false),
            ViewKind.LinkHeads => db.Iterate(ColumnFamily.LinkHeads, isWithinPrefix: false),
            ViewKind.Links => db.Iterate(ColumnFamily.Links, isWithinPrefix: true),
            ViewKind.Types => db.Iterate(ColumnFamily.Types, isWithinPrefix: true),
            _ => throw new InvalidOperationException($"There is no view {kind}."),
        };
    }

    internal ViewKind Kind { get; }

    /// <summary>The last published commit when the iterators were made, or one before it.</summary>
    internal long Generation { get; }

    /// <summary>The rows.</summary>
    internal RowIterator Rows { get; }

    /// <summary>The walk over members, kept so that reads make no garbage.</summary>
    internal MemberCursor Members => field ??= new MemberCursor(Rows);

    /// <summary>A place for the links of one group, kept likewise.</summary>
    internal LinkSlot[] Links => field ??= new LinkSlot[RecentReads.MaxLinks];

    public void Dispose() => Rows.Dispose();
}

/// <summary>
/// Keeps views for the next reader: making an iterator costs more than the read. They are dropped with each commit,
/// so that they pin no old files.
/// </summary>
internal sealed class ViewPool(Database db) : IDisposable
{
    private const int SlotsPerKind = 8;
    private const int Kinds = (int)ViewKind.Types + 1;

    private readonly ReadView?[] _slots = new ReadView?[Kinds * SlotsPerKind];
    private long _generation;
    private volatile bool _isClosed;

    /// <summary>A view that shows everything published so far.</summary>
    internal ReadView Rent(ViewKind kind)
    {
        var generation = Volatile.Read(ref _generation);
        foreach (ref var slot in Slots(kind))
        {
            if (Interlocked.Exchange(ref slot, null) is not { } view) continue;
            if (view.Generation == generation) return view;
            view.Dispose();
        }

        return new ReadView(db, kind, generation);
    }

    /// <summary>Gives a view back.</summary>
    internal void Return(ReadView view)
    {
        if (view.Generation == Volatile.Read(ref _generation) && !_isClosed)
            foreach (ref var slot in Slots(view.Kind))
                if (Interlocked.CompareExchange(ref slot, view, null) is null)
                {
                    if (_isClosed) Drop();
                    return;
                }

        view.Dispose();
    }

    /// <summary>Tells that a commit was published: earlier views no longer show everything.</summary>
    internal void Renew(long published)
    {
        Volatile.Write(ref _generation, published);
        Drop();
    }

    public void Dispose()
    {
        _isClosed = true;
        Drop();
    }

    private Span<ReadView?> Slots(ViewKind kind) => _slots.AsSpan((int)kind * SlotsPerKind, SlotsPerKind);

    private void Drop()
    {
        foreach (ref var slot in _slots.AsSpan()) Interlocked.Exchange(ref slot, null)?.Dispose();
    }
}
