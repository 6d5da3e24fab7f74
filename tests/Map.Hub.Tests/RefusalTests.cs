using Google.Protobuf;
using Map.Hub.Binding;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using CoreTransactionId = Map.Core.Identity.TransactionId;

namespace Map.Hub.Tests;

/// <summary>Wrong transactions and references are refused, each with its own error and without a trace.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_transaction_that_never_was_is_not_found()
    {
        var strange = _world.Hub.Begin(_world.Space).Id.Local;
        var unknown = new CoreTransactionId(_world.Space.Space.Id, new(strange.Value + 1));
        AssertEveryIntentRefused(unknown, ErrorCode.TransactionNotFound);
    }

    [Fact]
    public void A_transaction_in_a_space_that_never_was_is_not_found()
    {
        var id = _world.Transaction.Id;
        AssertEveryIntentRefused(new CoreTransactionId(new(id.Local), id.Local), ErrorCode.TransactionNotFound);
    }

    [Fact]
    public void A_committed_transaction_is_told_apart_also_after_a_restart()
    {
        var transaction = _world.Hub.Begin(_world.Space);
        transaction.StageOf(TestSchema.Person, "Ben");
        transaction.Commit();
        AssertEveryIntentRefused(transaction.Id, ErrorCode.TransactionCommitted);
        _world.Hub.Restart();
        AssertEveryIntentRefused(transaction.Id, ErrorCode.TransactionCommitted);
    }

    [Fact]
    public void A_rolled_back_transaction_is_told_apart_also_after_a_restart()
    {
        var transaction = _world.Hub.Begin(_world.Space);
        transaction.StageOf(TestSchema.Person, "Ben");
        transaction.Rollback();
        AssertEveryIntentRefused(transaction.Id, ErrorCode.TransactionRolledBack);
        _world.Hub.Restart();
        AssertEveryIntentRefused(transaction.Id, ErrorCode.TransactionRolledBack);
    }

    [Fact]
    public void What_an_open_transaction_stages_shows_nowhere_else_after_a_restart()
    {
        _world.Hub.Restart();
        var later = _world.Hub.Begin(_world.Hub.Spaces.Get("library"));
        later.Send(ByKeyQuery("Three")).Refused(ErrorCode.KeyNotFound);
        Assert.Equal("Gone", later.Content(later.ByKey("Gone")).Key);
    }

    [Fact]
    public void A_reference_of_another_transaction_is_refused_wherever_one_is_taken()
    {
        var other = _world.Hub.Begin(_world.Space);
        HolonReference[] strangers =
        [
            other.New("Scratch"), other.StageOf(TestSchema.Book, "Five"), other.ByKey("One"), other.Saved(other.ByKey("One"), version: 1),
        ];
        foreach (var place in ReferencePlace.All(_world))
        {
            foreach (var stranger in strangers)
            {
                var error = _world.RefusedWithoutTrace(ErrorCode.CrossTransactionReference, place.Command(stranger));
                Assert.Equal(stranger, error.Reference);
            }
        }
    }

    [Fact]
    public void A_reference_of_a_transaction_that_ended_is_refused_as_one_of_another()
    {
        var other = _world.Hub.Begin(_world.Space);
        var saved = other.ByKey("One");
        other.Rollback();
        _world.RefusedWithoutTrace(ErrorCode.CrossTransactionReference, SetCommand(saved, "Title", Text("New")));
    }

    [Fact]
    public void A_reference_that_lacks_something_is_refused_with_the_path_of_what_it_lacks()
    {
        var own = WireWriter.ToWire(_world.Transaction.Id);
        var some = ByteString.CopyFrom(new byte[16]);
        (string Path, HolonReference Reference)[] broken =
        [
            (".transaction_id", new HolonReference { Staged = _world.Staged.Staged }),
            (".transaction_id.space_id", new HolonReference { TransactionId = new TransactionId { LocalId = some }, Staged = _world.Staged.Staged }),
            (".transaction_id.local_id", new HolonReference { TransactionId = new TransactionId { SpaceId = some }, Staged = _world.Staged.Staged }),
            ("", new HolonReference { TransactionId = own }),
            (".transient.local_id", new HolonReference { TransactionId = own, Transient = new TransientRef() }),
            (".staged.local_id", new HolonReference { TransactionId = own, Staged = new StagedRef { LocalId = ByteString.CopyFrom(new byte[15]) } }),
            (".smart.holon_id", new HolonReference { TransactionId = own, Smart = new SmartRef() }),
            (".smart.holon_id.local_id", new HolonReference { TransactionId = own, Smart = new SmartRef { HolonId = new HolonId { SpaceId = own.SpaceId } } }),
            (".smart.version", new HolonReference { TransactionId = own, Smart = new SmartRef { HolonId = _world.Saved.Smart.HolonId, Version = 0 } }),
        ];
        foreach (var place in ReferencePlace.All(_world))
        {
            foreach (var (path, reference) in broken)
                Assert.Equal(place.Field + path, _world.RefusedWithoutTrace(ErrorCode.InvalidRequest, place.Command(reference)).Field);
            if (place.IsRequired)
                Assert.Equal(place.Field, _world.RefusedWithoutTrace(ErrorCode.InvalidRequest, place.Command(null)).Field);
        }
    }

    [Fact]
    public void A_reference_to_no_holon_is_refused_wherever_one_is_taken()
    {
        var own = WireWriter.ToWire(_world.Transaction.Id);
        var none = WireWriter.ToWire(_world.Transaction.Id.Local);
        HolonReference[] nobodies =
        [
            new() { TransactionId = own, Transient = new TransientRef { LocalId = none } },
            new() { TransactionId = own, Staged = new StagedRef { LocalId = none } },
            new() { TransactionId = own, Smart = new SmartRef { HolonId = new HolonId { SpaceId = own.SpaceId, LocalId = none } } },
        ];
        foreach (var place in ReferencePlace.All(_world))
        {
            foreach (var nobody in nobodies)
                Assert.Equal(nobody, _world.RefusedWithoutTrace(ErrorCode.HolonNotFound, place.Command(nobody)).Reference);
        }
    }

    [Fact]
    public void A_reference_to_a_holon_of_another_space_is_refused_wherever_one_is_taken()
    {
        var elsewhere = _world.Saved.Clone();
        elsewhere.Smart.HolonId.SpaceId = elsewhere.Smart.HolonId.LocalId;
        foreach (var place in ReferencePlace.All(_world))
            _world.RefusedWithoutTrace(ErrorCode.OtherSpace, place.Command(elsewhere));
        _world.RefusedWithoutTrace(
            ErrorCode.OtherSpace, new QueryCommand { GetById = new GetByIdQuery { HolonId = elsewhere.Smart.HolonId } });
    }

    [Fact]
    public void A_saved_holon_is_not_written()
    {
        foreach (var mutation in Writes(_world.Saved))
            Assert.Equal(_world.Saved, _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, mutation).Reference);
    }

    [Fact]
    public void A_holon_staged_for_delete_or_abandoned_is_not_written_nor_linked_to_nor_a_type()
    {
        foreach (var hidden in (HolonReference[])[_world.Deleted, _world.Abandoned])
        {
            foreach (var mutation in Writes(hidden).Append(DeleteCommand(hidden)))
                Assert.Equal(hidden, _world.RefusedWithoutTrace(ErrorCode.NotAccessible, mutation).Reference);
            _world.RefusedWithoutTrace(ErrorCode.NotAccessible, AddCommand(_world.Staged, TestSchema.Similar, hidden));
            _world.RefusedWithoutTrace(ErrorCode.NotAccessible, DescribeCommand(_world.Staged, hidden));
        }

        var saved = _world.Transaction.Saved(_world.Deleted);
        _world.RefusedWithoutTrace(ErrorCode.NotAccessible, AddCommand(_world.Staged, TestSchema.Similar, saved));
        _world.RefusedWithoutTrace(ErrorCode.NotAccessible, DescribeCommand(_world.Staged, saved));
        _world.RefusedWithoutTrace(
            ErrorCode.HolonNotFound, new QueryCommand { GetById = new GetByIdQuery { HolonId = saved.Smart.HolonId } });
    }

    [Fact]
    public void Only_an_unpinned_saved_holon_is_staged_for_update_or_for_delete()
    {
        var pinned = _world.Transaction.Saved(_world.Saved, version: 1);
        foreach (var wrong in (HolonReference[])[_world.Transient, pinned])
        {
            _world.RefusedWithoutTrace(
                ErrorCode.WrongReferenceKind, new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = wrong } });
            _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, DeleteCommand(wrong));
        }

        _world.RefusedWithoutTrace(
            ErrorCode.WrongReferenceKind, new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = _world.Staged } });
    }

    [Fact]
    public void A_holon_that_is_staged_already_is_refused_with_its_staged_reference()
    {
        foreach (var staged in (HolonReference[])[_world.Updated, _world.Deleted])
        {
            var saved = _world.Transaction.Saved(staged);
            var version = new MutationCommand { StageNewVersion = new StageNewVersionCommand { Holon = saved } };
            Assert.Equal(staged, _world.RefusedWithoutTrace(ErrorCode.AlreadyStaged, version).Reference);
            Assert.Equal(staged, _world.RefusedWithoutTrace(ErrorCode.AlreadyStaged, DeleteCommand(saved)).Reference);
        }
    }

    [Fact]
    public void The_holon_of_the_space_is_not_deleted_neither_saved_nor_staged()
    {
        var id = WireWriter.ToWire(new Map.Core.Identity.HolonId(_world.Space.Space.Id, _world.Space.Figures.SpaceHolon));
        _world.RefusedWithoutTrace(ErrorCode.NotAccessible, DeleteCommand(_world.Transaction.ById(id)));
        var staged = _world.Transaction.StageVersion(_world.Transaction.ById(id));
        _world.RefusedWithoutTrace(ErrorCode.NotAccessible, DeleteCommand(staged));
    }

    [Fact]
    public void A_transient_holon_has_no_id_and_is_neither_linked_to_by_a_staged_one_nor_a_type()
    {
        _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, new QueryCommand { HolonId = new HolonIdQuery { Holon = _world.Transient } });
        _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, AddCommand(_world.Staged, TestSchema.Similar, _world.Transient));
        _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, DescribeCommand(_world.Staged, _world.Transient));
        _world.RefusedWithoutTrace(
            ErrorCode.WrongReferenceKind, new MutationCommand { StageNewHolon = new StageNewHolonCommand { Transient = _world.Staged } });
    }

    [Fact]
    public void A_link_does_not_lead_to_one_version()
    {
        var pinned = _world.Transaction.Saved(_world.Saved, version: 1);
        _world.RefusedWithoutTrace(ErrorCode.WrongReferenceKind, AddCommand(_world.Staged, TestSchema.Similar, pinned));
    }

    [Fact]
    public void A_version_that_never_was_is_not_found()
    {
        var missing = _world.Transaction.Saved(_world.Saved, version: 2);
        foreach (var query in (QueryCommand[])
            [
                new() { EssentialContent = new EssentialContentQuery { Holon = missing } },
                new() { GetById = new GetByIdQuery { HolonId = missing.Smart.HolonId, Version = 2 } },
            ])
            _world.RefusedWithoutTrace(ErrorCode.VersionNotFound, query);
    }

    private MutationCommand[] Writes(HolonReference holon) =>
    [
        SetCommand(holon, "Title", Text("New")),
        new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon, Names = { "Title" } } },
        AddCommand(holon, TestSchema.Authors, _world.Person),
        RemoveCommand(holon, TestSchema.Authors, _world.Person),
        DescribeCommand(holon, _world.Book),
    ];

    private void AssertEveryIntentRefused(CoreTransactionId id, ErrorCode code)
    {
        var transaction = new TestTransaction(_world.Hub.Dispatcher, id, Caller.Owner);
        transaction.Send(new QueryCommand { StagedCount = new StagedCountQuery() }).Refused(code);
        transaction.Send(ByKeyQuery("One")).Refused(code);
        transaction.Send(new MutationCommand { NewHolon = new NewHolonCommand() }).Refused(code);
        transaction.Send(UndoMutation).Refused(code);
        transaction.Send(CommitMutation).Refused(code);
        transaction.Send(RollbackMutation).Refused(code);
    }
}
