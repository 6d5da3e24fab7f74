using System.Text.RegularExpressions;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Committing;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Reading;

namespace Map.Storage.Verifying;

/// <summary>What all checks of one space share: its rows as of one moment, and what was found.</summary>
internal sealed partial class VerifyScene : IDisposable
{
    private const int RowsBetweenReports = 4096;
    private const string TableFilesPart = "table files";

    private readonly RowSnapshot _rows;
    private readonly Action<StepProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly HashSet<string> _unreadable = [];
    private readonly RowIterator?[] _jumping = new RowIterator?[ColumnFamilies.Count];
    private readonly MemberCursor?[] _members = new MemberCursor?[ColumnFamilies.Count];
    private readonly long _totalRows;
    private List<TableFile>? _tables;

    internal VerifyScene(
        RowSnapshot rows, CommitState head, long nowUnixMicros, Findings findings, Action<StepProgress>? progress,
        CancellationToken cancellation)
    {
        (_rows, Head, Findings, _progress, _cancellation) = (rows, head, findings, progress, cancellation);
        OutcomesKeptSince = OutcomeRows.KeptSince(nowUnixMicros);
        for (var family = ColumnFamily.Meta; family <= ColumnFamily.Journal; family++)
            _totalRows += rows.EstimateRows(family);
    }

    /// <summary>The state after the last commit, as `meta` has it.</summary>
    internal CommitState Head { get; }

    /// <summary>The outcomes of commits after this moment must be there, in microseconds since 1970.</summary>
    internal long OutcomesKeptSince { get; }

    internal Findings Findings { get; }

    /// <summary>How many rows were read.</summary>
    internal long RowsRead { get; private set; }

    /// <summary>Whether anything could not be read, so that what is missing may be there.</summary>
    internal bool IsAnythingUnreadable => _unreadable.Count > 0;

    internal void Report(ColumnFamily family, string message) =>
        Findings.Add(ColumnFamilies.Names[(int)family], message);

    /// <summary>Tells of a row that cannot be judged: one of a damaged file once for the file's block, another itself.</summary>
    internal void Report(ColumnFamily family, string row, StoreException failure)
    {
        if (failure.InnerException is not RocksException rocks) Report(family, $"{row}: {failure.Message}");
        else if (_unreadable.Add(rocks.Message))
            Findings.Add(
                TableFilesPart,
                $"A part of {ColumnFamilies.Names[(int)family]} cannot be read: {rocks.Message}. "
                + "If the disk is sound, restore the space from a backup.");
    }

    /// <summary>Reads one row in place.</summary>
    internal PinnedValue Get(ColumnFamily family, ReadOnlySpan<byte> key) => _rows.Get(family, key);

    /// <summary>An iterator for one jump after the other.</summary>
    internal RowIterator Jump(ColumnFamily family) => _jumping[(int)family] ??= _rows.Iterate(family, isScan: false);

    /// <summary>An iterator for reading on and on.</summary>
    internal RowIterator Scan(ColumnFamily family) => _rows.Iterate(family, isScan: true);

    /// <summary>Counts a row that was read in passing.</summary>
    internal void Tick(ColumnFamily family)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (RowsRead++ % RowsBetweenReports != 0) return;
        _progress?.Invoke(new StepProgress(
            ColumnFamilies.Names[(int)family], RowsRead, Math.Max(_totalRows, RowsRead)));
    }

    /// <summary>The last key of the table file that an error names; null when it names none.</summary>
    internal byte[]? LargestKeyOf(StoreException failure)
    {
        if (failure.InnerException is not RocksException rocks) return null;
        var name = TableName().Match(rocks.Message).Groups["name"].Value;
        _tables ??= _rows.TableFiles();
        return _tables.Find(table => table.Name == name)?.LargestKey;
    }

    /// <summary>The version of a holon that a commit wrote; false when it wrote none.</summary>
    internal bool FindVersion(LocalId id, long commit, out NodeHeader header, out string key)
    {
        Span<byte> row = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(row, id, commit);
        using var value = Get(ColumnFamily.Nodes, row);
        (header, key) = (default, "");
        if (!value.Exists) return false;
        header = NodeRow.ReadKey(value.Bytes, out var text);
        key = System.Text.Encoding.UTF8.GetString(text);
        return true;
    }

    /// <summary>A version of a holon by its number; null when there is none.</summary>
    internal SavedHolon? FindSaved(LocalId id, int version)
    {
        Span<byte> prefix = stackalloc byte[LocalId.Size];
        id.Write(prefix);
        var rows = Jump(ColumnFamily.Nodes);
        for (var isOnRow = rows.Seek(prefix); isOnRow && rows.Key.StartsWith(prefix); isOnRow = rows.Next())
            if (NodeRow.ReadHeader(rows.Value).Ordinal == version)
                return NodeRow.Read(id, RowKeys.CommitAtEnd(rows.Key), rows.Value);
        return null;
    }

    /// <summary>The type of a holon as of a commit; null when it was not live or had none.</summary>
    internal LocalId? FindTypeAsOf(LocalId id, long commit) =>
        FindHeaderAsOf(id, commit) is { IsDeleted: false } header ? header.Descriptor : null;

    /// <summary>A link as of a commit, from one side; null when it was not there.</summary>
    internal MemberRow? FindLink(LocalId holon, LinkDirection direction, LocalId relationship, LinkSlot slot, long asOf)
    {
        Span<byte> group = stackalloc byte[RowKeys.LinkGroupSize];
        RowKeys.WriteLinkGroup(group, holon, direction, relationship);
        Span<byte> member = stackalloc byte[RowKeys.SlotSize];
        RowKeys.WriteSlot(member, slot);
        return FindMember(ColumnFamily.Links, group, member, asOf);
    }

    /// <summary>An instance of a type as of a commit; null when it was none.</summary>
    internal MemberRow? FindInstance(LocalId type, LocalId holon, long asOf)
    {
        Span<byte> ids = stackalloc byte[2 * LocalId.Size];
        type.Write(ids);
        holon.Write(ids[LocalId.Size..]);
        return FindMember(ColumnFamily.Types, ids[..LocalId.Size], ids[LocalId.Size..], asOf);
    }

    /// <summary>Whether a holon lives after the last commit.</summary>
    internal bool IsLive(LocalId id) => FindHeaderAsOf(id, Head.Number) is { IsDeleted: false };

    public void Dispose()
    {
        foreach (var iterator in _jumping) iterator?.Dispose();
    }

    private MemberRow? FindMember(ColumnFamily family, ReadOnlySpan<byte> group, ReadOnlySpan<byte> member, long asOf)
    {
        var members = _members[(int)family] ??= new MemberCursor(Jump(family));
        members.Start(group, member, suffixSize: 0, after: default, asOf);
        return members.MoveNext() ? members.Row : null;
    }

    private NodeHeader? FindHeaderAsOf(LocalId id, long commit)
    {
        Span<byte> key = stackalloc byte[RowKeys.NodeSize];
        RowKeys.WriteNode(key, id, commit);
        var rows = Jump(ColumnFamily.Nodes);
        return rows.Seek(key) && rows.Key.StartsWith(key[..LocalId.Size]) ? NodeRow.ReadHeader(rows.Value) : null;
    }

    [GeneratedRegex(@"(?<name>\d+\.sst)", RegexOptions.NonBacktracking)]
    private static partial Regex TableName();
}
