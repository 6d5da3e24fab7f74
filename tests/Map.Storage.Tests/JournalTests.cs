using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Core.Values;
using Map.Storage.Encoding;
using Map.Storage.Journaling;
using Map.Storage.Native;

namespace Map.Storage.Tests;

public sealed class JournalTests
{
    private static readonly byte[] _digest = [.. Enumerable.Range(0, KeptReply.DigestSize).Select(i => (byte)i)];

    [Fact]
    public void A_journal_reads_back_after_a_restart()
    {
        using var space = new TestSpace();
        var changes = Changes(space, seed: 1);
        var origin = Origin(space) with { Label = "tidy — up", Client = "tests", Caller = "token", CallerScope = 2, BegunUnixMicros = -7 };
        var entries = new List<JournalEntry>
        {
            new JournalStep(changes.List(20)) { Reply = new KeptReply("first", _digest, new byte[] { 1, 2, 3 }) },
            new JournalMove(-1) { Reply = new KeptReply("undo", _digest, Array.Empty<byte>()) },
            new JournalStep([]),
            new JournalMove(3),
            new JournalMark("before the change", "Größe") { Reply = new KeptReply("mark", _digest, Array.Empty<byte>()) },
            new JournalMark("m", ""),
            new JournalStep(changes.List(200)),
        };
        space.Store.Journals.Begin(origin);
        var bytes = entries.ConvertAll(entry => space.Store.Journals.Append(origin.Transaction, entry));
        space.Reopen();

        Assert.Equal([origin.Transaction], space.Store.Journals.Find());
        var journal = space.Store.Journals.Read(origin.Transaction);
        Assert.Equal(origin, journal.Origin);
        var read = journal.Entries.ToList();
        Assert.Equal(entries.Select(Show), read.Select(each => Show(each.Entry)));
        Assert.Equal(bytes, read.Select(each => each.Bytes));

        // And goes on where it ended.
        space.Store.Journals.Append(origin.Transaction, new JournalMove(-2));
        Assert.Equal([.. entries.Select(Show), "move -2 "], Entries(space, origin).Select(Show));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Every_change_reads_back_as_it_was(int fixedSeed)
    {
        var seed = fixedSeed == 0 ? Environment.TickCount : fixedSeed;
        using var space = new TestSpace();
        var changes = Changes(space, seed);
        var target = new ByteWriter();
        for (var i = 0; i < 5_000; i++)
        {
            var change = changes.Next(i % JournalChanges.Kinds);
            target.Clear();
            ChangeCodec.Write(target, change);
            var reader = new ByteReader(target.Written, "change");
            var read = ChangeCodec.Read(ref reader, Versions(space));
            reader.End();
            Assert.True(JournalChanges.Show(change) == JournalChanges.Show(read), $"Seed {seed}: {change} came back as {read}");
        }
    }

    [Fact]
    public void There_is_a_code_for_every_kind_of_change()
    {
        using var space = new TestSpace();
        var changes = Changes(space, seed: 5);
        var written = Enumerable.Range(0, JournalChanges.Kinds).Select(kind => changes.Next(kind).GetType()).Distinct();
        var kinds = typeof(StateChange).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(StateChange)));
        Assert.Equal(kinds.Select(type => type.Name).Order(), written.Select(type => type.Name).Order());
    }

    [Fact]
    public void A_large_command_goes_into_rows_of_bounded_size_which_come_back_as_one()
    {
        using var space = new TestSpace();
        var origin = Begin(space);
        var large = new StringValue(new string('x', 1_000));
        var changes = Enumerable.Range(0, 5_000).Select(_ => (StateChange)new StageDraft(new DraftHolon
        {
            Id = space.NewId(),
            Phase = HolonPhase.StagedForCreate,
            Properties = PropertyMap.Empty.With("Text", large),
        })).ToList();
        space.Store.Journals.Append(origin.Transaction, new JournalStep(changes));
        space.Store.Journals.Append(origin.Transaction, new JournalMove(-1));
        var sizes = Rows(space).Select(row => row.Value.Length).ToList();
        Assert.Equal(1 + 5 + 1, sizes.Count);
        Assert.All(sizes, size => Assert.InRange(size, 1, JournalRow.FullBytes + 2_000));
        space.Reopen();
        Assert.Equal(
            [Show(new JournalStep(changes)), "move -1 "], Entries(space, origin).Select(Show));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(500)]
    public void The_end_of_a_transaction_takes_its_journal_and_no_other(int steps)
    {
        using var space = new TestSpace();
        var (before, committed, rolledBack, after) = (Begin(space), Begin(space), Begin(space), Begin(space));
        foreach (var each in (TransactionOrigin[])[before, committed, rolledBack, after])
            for (var i = 0; i < steps; i++) space.Store.Journals.Append(each.Transaction, new JournalStep([]));
        Assert.Equal(4 * (steps + 1), Rows(space).Count);
        space.Store.Commit(Plan(space, committed.Transaction), 1);
        space.Store.RecordRollback(rolledBack.Transaction, 1);
        Assert.Equal([before.Transaction, after.Transaction], space.Store.Journals.Find());
        Assert.Equal(2 * (steps + 1), Rows(space).Count);
        space.Reopen();
        Assert.Equal([before.Transaction, after.Transaction], space.Store.Journals.Find());
        Assert.Equal(steps, Entries(space, after).Count);
    }

    [Fact]
    public void A_commit_that_conflicts_leaves_the_journal()
    {
        using var space = new TestSpace();
        var origin = Begin(space);
        var taken = space.Create("taken");
        space.Commit(taken);
        var plan = Plan(space, origin.Transaction, space.Create("taken"));
        Assert.NotEmpty(space.Store.Commit(plan, 1).Conflicts);
        space.Store.Journals.Append(origin.Transaction, new JournalStep([]));
        Assert.Single(Entries(space, origin));
    }

    [Theory]
    [InlineData(FaultPoint.JournalWriting)]
    [InlineData(FaultPoint.JournalWritten)]
    public void A_command_whose_write_failed_leaves_no_trace_once_the_store_is_open_anew(object step)
    {
        using var space = new TestSpace();
        var changes = Changes(space, seed: 3);
        var origin = Begin(space);
        var first = new JournalStep(changes.List(5));
        space.Store.Journals.Append(origin.Transaction, first);
        space.Faults = point =>
        {
            if (point == (FaultPoint)step) throw new IOException("No space left on device");
        };
        // Large, so that its rows are more than those of what comes after it.
        var lost = new JournalStep([.. Enumerable.Repeat(changes.Next(4), 100_000)]);
        var failure = Assert.Throws<StoreException>(() => space.Store.Journals.Append(origin.Transaction, lost));
        Assert.False(failure.IsInDoubt);
        Assert.Contains("No space left on device", failure.Message);
        space.Faults = null;
        Assert.Throws<StoreException>(() => space.Store.Journals.Append(origin.Transaction, first));

        space.Store.Recover();
        space.Store.Journals.Append(origin.Transaction, new JournalMove(-1));
        space.Reopen();
        Assert.Equal([Show(first), "move -1 "], Entries(space, origin).Select(Show));
    }

    [Fact]
    public void A_journal_with_a_hole_or_without_its_beginning_is_reported()
    {
        using var space = new TestSpace();
        var origin = Begin(space);
        for (var i = 0; i < 5; i++) space.Store.Journals.Append(origin.Transaction, new JournalStep([]));
        Delete(space, origin.Transaction, 3);
        Assert.Contains("has no row 3", Assert.Throws<StoreException>(() => Entries(space, origin)).Message);
        Delete(space, origin.Transaction, 0);
        Assert.Contains("no first row", Assert.Throws<StoreException>(() => Entries(space, origin)).Message);
    }

    [Fact]
    public void A_command_that_does_not_go_on_is_reported()
    {
        using var space = new TestSpace();
        var changes = Changes(space, seed: 4);
        var origin = Begin(space);
        space.Store.Journals.Append(origin.Transaction, new JournalStep([.. Enumerable.Repeat(changes.Next(4), 100_000)]));
        var last = (uint)Rows(space).Count - 1;
        Assert.True(last > 1);
        Delete(space, origin.Transaction, last);
        Assert.Contains($"has no row {last}", Assert.Throws<StoreException>(() => Entries(space, origin)).Message);
    }

    [Fact]
    public void A_draft_of_a_version_that_is_not_saved_is_reported()
    {
        using var space = new TestSpace();
        var saved = space.Head(space.Created("a"));
        var origin = Begin(space);
        var draft = DraftHolon.From(saved with { Version = 9 }, HolonPhase.StagedForUpdate);
        space.Store.Journals.Append(origin.Transaction, new JournalStep([new StageDraft(draft)]));
        Assert.Contains("version 9", Assert.Throws<StoreException>(() => Entries(space, origin)).Message);
    }

    [Fact]
    public void A_journal_set_aside_is_in_a_file_of_the_owner_and_no_longer_in_the_store()
    {
        using var space = new TestSpace();
        var (bad, good) = (Begin(space), Begin(space));
        for (var i = 0; i < 300; i++) space.Store.Journals.Append(bad.Transaction, new JournalStep([]));
        var rows = Rows(space).Where(row => LocalId.Read(row.Key.AsSpan(0, LocalId.Size)) == bad.Transaction.Local).ToList();
        var file = space.Store.Journals.SetAside(bad.Transaction, 1_767_225_600_000_000);
        Assert.Equal(
            Path.Combine(space.DataPath, "daemon", "set-aside", $"20260101-000000-{space.Record.Id}-{bad.Transaction.Local}.journal"), file);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(rows.SelectMany(row => (byte[])[20, .. row.Key, .. Counted(row.Value)]), File.ReadAllBytes(file));
        Assert.Equal([good.Transaction], space.Store.Journals.Find());
        space.Reopen();
        Assert.Equal([good.Transaction], space.Store.Journals.Find());
    }

    [Fact]
    public void Whatever_the_bytes_are_entries_or_a_store_exception_come_of_them()
    {
        using var space = new TestSpace();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var changes = Changes(space, seed);
        var value = default(byte[]);
        JournalRow.Write(
            new JournalStep(changes.List(30)) { Reply = new KeptReply("id", _digest, new byte[] { 1 }) }, row => value = row.Written.ToArray());
        for (var length = 0; length < value!.Length; length++)
            Assert.True(Record.Exception(() => Read(value[..length])) is StoreException, $"seed {seed}, cut at {length}");
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])value.Clone();
            for (var i = random.Next(3); i >= 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (round % 5 == 0) random.NextBytes(damaged.AsSpan(2));
            var failure = Record.Exception(() => Read(damaged));
            Assert.True(failure is null or StoreException, $"seed {seed}: {failure}");
        }

        void Read(byte[] bytes) => JournalRow.ReadStart(bytes, Versions(space), [], out _);
    }

    private static byte[] Counted(byte[] value)
    {
        var writer = new ByteWriter();
        writer.Count(value.Length);
        writer.Bytes(value);
        return writer.Written.ToArray();
    }

    private static TransactionOrigin Origin(TestSpace space) => new(space.NewTransaction(), "", "", "owner", 3, 1, 0, 0);

    private static TransactionOrigin Begin(TestSpace space)
    {
        var origin = Origin(space);
        space.Store.Journals.Begin(origin);
        return origin;
    }

    private static CommitPlan Plan(TestSpace space, TransactionId transaction, params NodeChange[] nodes) => new()
    {
        Transaction = transaction,
        Label = "",
        Snapshot = space.Latest,
        JudgedAsOf = space.Latest,
        TouchesSchema = false,
        Nodes = nodes,
        Links = [],
    };

    private static JournalChanges Changes(TestSpace space, int seed)
    {
        var (first, second) = (space.Created("one"), space.Created("two"));
        space.Commit(space.Update(second, "three"));
        return new JournalChanges(new Random(seed), [space.Head(first), space.Head(second), space.Store.FindVersion(second, 1, space.Latest)!]);
    }

    private static SavedVersions Versions(TestSpace space) => new((id, version) => space.Store.FindVersion(id, version, space.Latest));

    private static List<JournalEntry> Entries(TestSpace space, TransactionOrigin origin) =>
        [.. space.Store.Journals.Read(origin.Transaction).Entries.Select(each => each.Entry)];

    private static string Show(JournalEntry entry)
    {
        var reply = entry.Reply is { } kept
            ? $"{kept.RequestId} {Convert.ToHexString(kept.Digest.Span)} {Convert.ToHexString(kept.Reply.Span)}"
            : "";
        return entry switch
        {
            JournalStep step => $"step {string.Join('\n', step.Changes.Select(JournalChanges.Show))} {reply}",
            JournalMark mark => $"mark {mark.Marker} {mark.Label} {reply}",
            _ => $"move {((JournalMove)entry).Steps} {reply}",
        };
    }

    private static List<(byte[] Key, byte[] Value)> Rows(TestSpace space)
    {
        var rows = new List<(byte[], byte[])>();
        using var iterator = space.Store.Rows.Iterate(ColumnFamily.Journal, isWithinPrefix: false);
        for (iterator.Seek([]); iterator.IsValid; iterator.Next()) rows.Add((iterator.Key.ToArray(), iterator.Value.ToArray()));
        return rows;
    }

    private static void Delete(TestSpace space, TransactionId transaction, uint sequence)
    {
        var key = new byte[JournalRow.KeySize];
        JournalRow.WriteKey(key, transaction.Local, sequence);
        using var batch = space.Store.Rows.NewBatch();
        batch.Delete(ColumnFamily.Journal, key);
        space.Store.Rows.WriteSynced(batch);
    }
}
