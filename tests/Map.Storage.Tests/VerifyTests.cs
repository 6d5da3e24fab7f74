using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;
using Map.Storage.Verifying;

namespace Map.Storage.Tests;

/// <summary>Rows edited behind the store's back: the check names each in words, and is silent about what is whole.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly KnownSpace _known = new();

    public void Dispose() => _known.Dispose();

    [Fact]
    public void A_store_with_something_of_everything_has_no_findings_also_from_its_tables()
    {
        Assert.Empty(_known.Findings);
        _known.Space.Store.Rows.Flush();
        Assert.Empty(_known.Findings);
        Assert.True(_known.Rows(ColumnFamily.Commits).Count > _known.Space.Latest + 1, "a record takes several rows");
    }

    [Fact]
    public void A_missing_version_is_named()
    {
        _known.Delete(ColumnFamily.Nodes, KnownSpace.Node(_known.Second, 4));
        Finds($"nodes: Version 1 of holon {_known.Second}, of commit 4, is missing.");
        Finds($"The versions before version 2 of holon {_known.Second} are missing.");
        Finds("keys: The key \"second\" belongs to holon");
    }

    [Fact]
    public void A_version_of_no_commit_is_named()
    {
        var value = _known.Value(ColumnFamily.Nodes, KnownSpace.Node(_known.First, 3));
        var stranger = _known.Space.NewId();
        _known.Put(ColumnFamily.Nodes, KnownSpace.Node(stranger, 3), value);
        Finds($"nodes: Holon {stranger} has a version of commit 3, whose record does not tell of it.");
        Finds($"types: Holon {stranger} is missing");
        _known.Put(ColumnFamily.Nodes, KnownSpace.Node(stranger, 999), value);
        Finds($"nodes: Holon {stranger} has a version of commit 999, which is not there.");
    }

    [Fact]
    public void A_changed_version_is_named()
    {
        var key = KnownSpace.Node(_known.Third, 5);
        var value = _known.Value(ColumnFamily.Nodes, key);
        value[^1] ^= 1;
        _known.Put(ColumnFamily.Nodes, key, value);
        Finds($"nodes: Version 1 of holon {_known.Third}, of commit 5, was changed.");
        value[0] = 0xff;
        _known.Put(ColumnFamily.Nodes, key, value);
        Finds("its header is ff, which this version does not know");
    }

    [Fact]
    public void A_link_without_one_of_its_rows_is_named_from_the_other_side()
    {
        var slot = _known.Space.Forward(_known.First, Rel.Steps)[^1];
        var name = $"The link {_known.First} -> {slot.Other} of relationship {Rel.Steps.Id}";
        var reverse = _known.LiveLink(
            slot.Other, LinkDirection.Reverse, Rel.Steps.Id, new LinkSlot(0, _known.First, slot.Occurrence));
        var kept = _known.Value(ColumnFamily.Links, reverse);
        _known.Delete(ColumnFamily.Links, reverse);
        Finds($"links: {name} has no row at its target.");
        Finds($"link_heads: The reverse links of relationship {Rel.Steps.Id} at holon {slot.Other} are 0; their head row says that they are 1.");
        _known.Put(ColumnFamily.Links, reverse, kept);
        Assert.Empty(_known.Findings);
        _known.Delete(ColumnFamily.Links, _known.LiveLink(_known.First, LinkDirection.Forward, Rel.Steps.Id, slot));
        Finds($"links: {name} has no row at its source.");
        Finds($"{name}, added by commit");
    }

    [Fact]
    public void A_link_whose_sides_differ_is_named()
    {
        var slot = _known.Space.Forward(_known.First, Rel.Steps)[0];
        var key = _known.LiveLink(
            slot.Other, LinkDirection.Reverse, Rel.Steps.Id, new LinkSlot(0, _known.First, slot.Occurrence));
        var row = MemberRow.Read(key, _known.Value(ColumnFamily.Links, key));
        _known.Put(ColumnFamily.Links, key, value => MemberRow.Write(value, row with { ForwardOrder = slot.Order + 1 }));
        Finds($"is of commit {row.Added} and order {slot.Order} at its source, and of commit {row.Added} and order {slot.Order + 1}");
        _known.Delete(ColumnFamily.Links, key);
        RowKeys.WriteInverse(key.AsSpan(key.Length - RowKeys.InverseSize), row.Added - 1);
        _known.Put(ColumnFamily.Links, key, value => MemberRow.Write(value, row));
        Finds($"is of commit {row.Added} and order {slot.Order} at its source, and of commit {row.Added - 1}");
    }

    [Fact]
    public void A_link_of_no_commit_and_one_to_a_holon_that_ended_are_named()
    {
        var slot = new LinkSlot(0, _known.Ended, 0);
        _known.Put(
            ColumnFamily.Links, KnownSpace.Link(_known.First, LinkDirection.Forward, Rel.Likes.Id, slot, added: 7),
            value => MemberRow.Write(value, new MemberRow(7)));
        _known.Put(
            ColumnFamily.Links,
            KnownSpace.Link(_known.Ended, LinkDirection.Reverse, Rel.Likes.Id, slot with { Other = _known.First }, added: 7),
            value => MemberRow.Write(value, new MemberRow(7)));
        Finds($"The link {_known.First} -> {_known.Ended} of relationship {Rel.Likes.Id} was added by commit 7, whose record does not tell of it.");
        Finds($"The reverse links of relationship {Rel.Likes.Id} at holon {_known.Ended} are there although it does not live.");
        Finds($"link_heads: The reverse links of relationship {Rel.Likes.Id} at holon {_known.Ended} have no head row.");
        Finds($"link_heads: The links of relationship {Rel.Likes.Id} at holon {_known.First} are 2; their head row says that they are 1.");
    }

    [Fact]
    public void A_missing_and_an_extra_past_link_are_named()
    {
        var (key, kept) = _known.Rows(ColumnFamily.Links).First(row =>
            row.Key.Length == RowKeys.LinkSize && row.Key[LocalId.Size] == 0 && !MemberRow.Read(row.Key, row.Value).IsLive);
        var row = MemberRow.Read(key, kept);
        _known.Delete(ColumnFamily.Links, key);
        Finds($"links: The link {LocalId.Read(key.AsSpan(0, LocalId.Size))} -> ");
        Finds($"removed by commit {row.Removed}, is missing among the past ones.");
        Finds("has no row at its source.");
        _known.Put(ColumnFamily.Links, key, kept);
        Assert.Empty(_known.Findings);

        _known.Put(ColumnFamily.Links, key, value => MemberRow.Write(value, row with { Removed = row.Removed + 1 }));
        Finds($"removed by commit {row.Removed + 1}, has no row at its target.");
        var invented = key.ToArray();
        RowKeys.WriteInverse(invented.AsSpan(key.Length - RowKeys.InverseSize), row.Added - 1);
        _known.Put(ColumnFamily.Links, invented, kept);
        Finds($"by commit {row.Added - 1}, whose record does not tell of it.");
        Finds($"have one twice as of commit {row.Added}");
    }

    [Fact]
    public void A_period_must_take_over_what_the_one_before_ends_with()
    {
        var links = $"links: The links of relationship {Rel.List.Id} at holon {_known.Worn}";
        var head = GroupHead.Read(_known.Value(
            ColumnFamily.LinkHeads, KnownSpace.Group(_known.Worn, LinkDirection.Forward, Rel.List.Id)));
        Assert.NotEqual(0, head.Period);
        var group = KnownSpace.Group(_known.Worn, LinkDirection.Forward, Rel.List.Id);
        var rows = _known.Rows(ColumnFamily.Links).FindAll(row => row.Key.AsSpan().StartsWith(group));
        Assert.Equal(head.Period, RowKeys.CommitAt(rows[0].Key, RowKeys.LinkGroupSize));
        var (first, takenOver) = (rows[0], rows[1]);
        var before = rows.Single(row =>
            RowKeys.CommitAt(row.Key, RowKeys.LinkGroupSize) == 0
            && row.Key.AsSpan(RowKeys.LinkPeriodSize).SequenceEqual(takenOver.Key.AsSpan(RowKeys.LinkPeriodSize)));

        _known.Delete(ColumnFamily.Links, first.Key);
        Finds($"{links} have no first row of the period since commit {head.Period}.");
        _known.Put(ColumnFamily.Links, first.Key, first.Value);
        _known.Delete(ColumnFamily.Links, takenOver.Key);
        Finds($"{links} lack one of commit {RowKeys.CommitAtEnd(takenOver.Key)} in the period since commit {head.Period}");
        _known.Put(ColumnFamily.Links, takenOver.Key, takenOver.Value);
        Assert.Empty(_known.Findings);
        _known.Delete(ColumnFamily.Links, before.Key);
        Finds($"{links} were 1 when the period since commit {head.Period} began, which took over 2.");
        foreach (var row in rows)
            if (RowKeys.CommitAt(row.Key, RowKeys.LinkGroupSize) == 0 && row.Key != before.Key) _known.Delete(ColumnFamily.Links, row.Key);
        Finds($"{links} have no period before the one since commit {head.Period}.");
    }

    [Fact]
    public void Counts_and_last_commits_of_link_heads_are_checked()
    {
        var key = KnownSpace.Group(_known.First, LinkDirection.Forward, Rel.Likes.Id);
        var head = GroupHead.Read(_known.Value(ColumnFamily.LinkHeads, key));
        var links = $"link_heads: The links of relationship {Rel.Likes.Id} at holon {_known.First}";
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { Count = 5 }));
        Finds($"{links} are 1; their head row says that they are 5.");
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { LastRemoval = head.LastRemoval - 1 }));
        Finds($"{links} were last removed from by commit {head.LastRemoval}; their head row says that it was {head.LastRemoval - 1}.");
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { LastAdd = 1 }));
        Finds($"{links} were last added to by commit {head.LastAdd}; their head row says that it was 1.");
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { Period = 3 }));
        Finds($"{links} have their last period since commit 0; their head row says that it is since 3.");
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { Ended = 0 }));
        Finds($"{links} lost 1 in their last period; their head row says that it was 0.");
        _known.Put(ColumnFamily.LinkHeads, key, value => GroupHead.Write(value, head with { Name = "Loves" }));
        Finds($"{links} have the name \"Loves\", which is not that of their relationship.");
        _known.Delete(ColumnFamily.LinkHeads, key);
        Finds($"{links} have no head row.");
    }

    [Fact]
    public void Keys_that_change_hands_behind_the_back_are_named_from_both_sides()
    {
        var (first, many) = (KnownSpace.Key("first", _known.TypeA, 3), KnownSpace.Key("many 0", _known.TypeA, _known.CommitOf(_known.Many[0])));
        var (mine, other) = (_known.Value(ColumnFamily.Keys, first), _known.Value(ColumnFamily.Keys, many));
        _known.Put(ColumnFamily.Keys, first, other);
        _known.Put(ColumnFamily.Keys, many, mine);
        Finds($"keys: Version 1 of holon {_known.First} has the key \"first\", which belongs to holon {_known.Many[0]} as of commit 3.");
        Finds($"keys: The key \"many 0\" belongs to holon {_known.First} since commit");
        _known.Put(ColumnFamily.Keys, many, other);
        _known.Delete(ColumnFamily.Keys, first);
        Finds($"has the key \"first\", which belongs to nobody as of commit 3.");
    }

    [Fact]
    public void A_key_that_was_given_up_must_be_free()
    {
        _known.Delete(ColumnFamily.Keys, KnownSpace.Key("second", _known.TypeA, _known.CommitOf(_known.Second)));
        Finds($"keys: The key \"second\" still belongs to holon {_known.Second} as of commit");
        _known.Put(ColumnFamily.Keys, KnownSpace.Key("nobody's", _known.TypeA, 2), value => KeyRow.Write(value, null));
        Finds("keys: The key \"nobody's\" was given up without anybody having it.");
        _known.Put(ColumnFamily.Keys, [1, 2, 3], value => KeyRow.Write(value, null));
        Finds("keys: Row 010203 has no key and type.");
    }

    [Fact]
    public void Instances_and_past_instances_are_checked_from_both_sides()
    {
        var member = KnownSpace.TypeMember(_known.TypeA, _known.First, added: 3);
        var row = _known.Value(ColumnFamily.Types, member);
        _known.Delete(ColumnFamily.Types, member);
        Finds($"types: Holon {_known.First} is missing among the instances of its type {_known.TypeA}.");
        Finds($"type_heads: The instances of type {_known.TypeA} are 200; their head row says that they are 201.");
        var early = KnownSpace.TypeMember(_known.TypeA, _known.First, added: 1);
        _known.Put(ColumnFamily.Types, early, row);
        Finds($"Holon {_known.First} is an instance of its type since commit 3; the type has it since commit 1.");
        _known.Delete(ColumnFamily.Types, early);
        _known.Put(ColumnFamily.Types, member, row);
        var other = KnownSpace.TypeMember(_known.TypeB, _known.First, added: 3);
        _known.Put(ColumnFamily.Types, other, row);
        Finds($"types: Holon {_known.First} is among the instances of {_known.TypeB}, which is not its type.");
        _known.Delete(ColumnFamily.Types, other);

        var change = _known.CommitOf(_known.Second);
        _known.Delete(ColumnFamily.Types, KnownSpace.TypeMember(_known.TypeA, _known.Second, added: 4));
        Finds($"types: Holon {_known.Second} left the type {_known.TypeA} with commit {change}, but is missing among its past instances.");
        _known.Put(
            ColumnFamily.Types, KnownSpace.TypeMember(_known.TypeA, _known.Third, added: 4),
            value => MemberRow.Write(value, new MemberRow(4, change)));
        Finds($"types: Holon {_known.Third} is among the past instances of {_known.TypeA} until commit {change}, which did not end that.");
        _known.Delete(ColumnFamily.TypeHeads, KnownSpace.IdKey(_known.TypeB));
        Finds($"type_heads: The instances of type {_known.TypeB} have no head row.");
    }

    [Fact]
    public void Missing_and_changed_records_and_parts_of_them_are_named()
    {
        var row = _known.Value(ColumnFamily.Commits, KnownSpace.Commit(4));
        _known.Delete(ColumnFamily.Commits, KnownSpace.Commit(4));
        Finds("commits: The record of commit 4 is missing.");
        Finds("transactions: Transaction");
        row[^1] ^= 1;
        _known.Put(ColumnFamily.Commits, KnownSpace.Commit(4), row);
        Finds("commits: The record of commit 4 does not have its hash: it, or one before it, was changed.");
        var large = _known.Rows(ColumnFamily.Commits).First(each => each.Key[^1] == 1);
        _known.Delete(ColumnFamily.Commits, large.Key);
        Finds($"commits: The record of commit {_known.Space.Latest - 1} has 4096 of its");
        _known.Put(ColumnFamily.Commits, KnownSpace.Commit(_known.Space.Latest + 3), row);
        Finds($"commits: There is a record of commit {_known.Space.Latest + 3}, after the last commit {_known.Space.Latest}.");
    }

    [Fact]
    public void Outcomes_of_transactions_must_be_those_of_the_records_for_ninety_days()
    {
        var rows = _known.Rows(ColumnFamily.Transactions);
        var (first, second) = (rows[^3], rows[^2]); // The last one is of commit 0.
        _known.Put(ColumnFamily.Transactions, first.Key, second.Value);
        Finds($"transactions: Transaction {LocalId.Read(first.Key)} is said to be commit {_known.Space.Latest}, which is of another transaction.");
        _known.Put(ColumnFamily.Transactions, first.Key, value => TransactionRow.Write(value, new TransactionOutcome(77, 1)));
        Finds("is said to be commit 77, which is not there.");
        _known.Delete(ColumnFamily.Transactions, first.Key);
        Finds($"transactions: The outcome of transaction {LocalId.Read(first.Key)}, which is commit {_known.Space.Latest - 1}, is missing.");
        var later = (long)TimeSpan.FromDays(91).TotalMicroseconds;
        Assert.Empty(Verified.Findings(_known.Space.Store, _known.Space.HeadPath, later));
    }

    [Fact]
    public void Rows_where_none_belong_are_named()
    {
        _known.Put(ColumnFamily.Default, [9], [1]);
        _known.Put(ColumnFamily.Meta, [9], [1]);
        _known.Put(ColumnFamily.Journal, [9], [1]);
        foreach (var family in (ColumnFamily[])
            [
                ColumnFamily.Nodes, ColumnFamily.Links, ColumnFamily.LinkHeads, ColumnFamily.Types, ColumnFamily.TypeHeads,
                ColumnFamily.Commits, ColumnFamily.Transactions,
            ])
        {
            _known.Put(family, [0xab], [1]);
            Finds($"{ColumnFamilies.Names[(int)family]}: Row ab has no key of");
        }

        Finds("default: There is a row 09, where nothing belongs.");
        Finds("meta: There is a row 09, which is not known.");
        Finds("journal: Row 09: A key in the journal has 1 bytes");
    }

    [Fact]
    public void Journals_must_decode_and_have_no_holes()
    {
        var transaction = _known.Space.NewTransaction();
        var journals = _known.Space.Store.Journals;
        journals.Begin(new TransactionOrigin(transaction, "label", "client", "owner", 3, 1, 2, 0));
        journals.Append(transaction, new JournalMove(-1));
        journals.Append(transaction, new JournalMove(1));
        Assert.Empty(_known.Findings);
        var rows = _known.Rows(ColumnFamily.Journal);
        _known.Delete(ColumnFamily.Journal, rows[1].Key);
        Finds($"journal: The journal of transaction {transaction.Local} has row 2 in place of row 1.");
        _known.Put(ColumnFamily.Journal, rows[1].Key, [0x7f]);
        Finds($"journal: Row {Convert.ToHexStringLower(rows[1].Key)}: ");
    }

    [Fact]
    public void The_head_row_must_agree_with_what_lives()
    {
        var head = MetaRows.ReadHead(_known.Value(ColumnFamily.Meta, MetaRows.HeadKey.ToArray()));
        _known.Put(
            ColumnFamily.Meta, MetaRows.HeadKey.ToArray(),
            value => MetaRows.WriteHead(value, head with { LiveHolons = head.LiveHolons + 1 }));
        Finds($"{head.LiveHolons} holons live; `meta` says that it is {head.LiveHolons + 1}.");
    }

    [Fact]
    public void A_head_file_that_is_ahead_missing_or_of_another_history_is_named()
    {
        var path = Path.Combine(_known.Space.DataPath, "other head");
        Assert.Contains("head file: ", Assert.Single(Verified.Findings(_known.Space.Store, path)));
        Assert.False(File.Exists(path));
        var hash = new byte[MetaRows.HashSize];
        using (var file = HeadFile.Open(path)) file.Write(new CommitState(99, hash, 0, 0));
        Assert.Contains("Commit 99 was saved", Assert.Single(Verified.Findings(_known.Space.Store, path)));
        using (var file = HeadFile.Open(path)) file.Write(new CommitState(3, hash, 0, 0));
        Assert.Contains("another history", Assert.Single(Verified.Findings(_known.Space.Store, path)));
    }

    [Fact]
    public void All_findings_are_counted_and_the_first_are_listed()
    {
        for (var i = 0; i < 1_500; i++) _known.Put(ColumnFamily.Default, BitConverter.GetBytes(i), [1]);
        var store = _known.Space.Store;
        var report = StoreVerifier.Verify(store.Rows, store.Space, null, Verified.Now, progress: null, CancellationToken.None);
        Assert.Equal(1_500, report.Count);
        Assert.Equal(Findings.MaxKept, report.Findings.Count);
    }

    [Fact]
    public void A_check_tells_how_far_it_is_and_can_be_ended()
    {
        var store = _known.Space.Store;
        var steps = new List<StepProgress>();
        StoreVerifier.Verify(store.Rows, store.Space, null, Verified.Now, steps.Add, CancellationToken.None);
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.InRange(step.Done, 1, step.Total));
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => StoreVerifier.Verify(
            store.Rows, store.Space, null, Verified.Now, _ => source.Cancel(), source.Token).Count);
    }

    [Fact]
    public async Task A_check_beside_commits_sees_one_moment()
    {
        var space = _known.Space;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            var (i, slots) = (0, new Queue<LocalId>());
            while (!stop.IsCancellationRequested)
            {
                var change = space.Create($"meanwhile {i++}", _known.TypeA);
                space.Commit([change], [Rel.Likes.Add(_known.First, change.Id), Rel.Steps.Add(change.Id, _known.Third)]);
                slots.Enqueue(change.Id);
                if (slots.Count > 5) space.Commit([space.Delete(slots.Dequeue())], null);
            }
        });
        try
        {
            var seen = new HashSet<long?>();
            while (seen.Count < 8 && !writer.IsCompleted)
            {
                var report = StoreVerifier.Verify(
                    space.Store.Rows, space.Record.Id, space.HeadPath, Verified.Now, progress: null, CancellationToken.None);
                Assert.Equal([], report.Findings);
                seen.Add(report.Commit);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }
    }

    private void Finds(string expected) => Assert.Contains(_known.Findings, finding => finding.Contains(expected));
}
