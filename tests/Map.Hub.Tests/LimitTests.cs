using Map.Core.Errors;
using Map.Core.Transactions;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Reaching a limit refuses the command, says the limit, and drops nothing.</summary>
public sealed class LimitTests
{
    [Fact]
    public void A_value_as_large_as_allowed_is_taken_and_a_larger_one_is_refused()
    {
        using var world = With(new TransactionLimits { MaxValueBytes = 16 });
        var holon = world.Staged;
        world.Transaction.Set(holon, "Title", Text(new string('ä', 8)));
        (string, BaseValue)[] tooLarge =
        [
            ("Title", Text(new string('ä', 8) + "a")),
            ("Data", new BaseValue { BytesValue = Google.Protobuf.ByteString.CopyFrom(new byte[17]) }),
            ("Form", new BaseValue { EnumValue = new string('a', 17) }),
            ("List", Array(Text("12345678"), Text("123456789"))),
        ];
        foreach (var (name, value) in tooLarge)
        {
            var error = world.RefusedWithoutTrace(ErrorCode.TooLarge, SetCommand(holon, name, value));
            Assert.Equal((name, 16UL), (error.Field, error.Details.Limit));
            world.RefusedWithoutTrace(ErrorCode.TooLarge, Stage(name, value));
        }
    }

    [Fact]
    public void An_array_as_long_as_allowed_is_taken_and_a_longer_one_is_refused()
    {
        using var world = With(new TransactionLimits { MaxArrayItems = 2 });
        world.Transaction.Set(world.Staged, "List", Array(Number(1), Number(2)));
        world.Transaction.Set(world.Staged, "List", Array());
        var longer = Array(Number(1), Number(2), Number(3));
        Assert.Equal(2UL, world.RefusedWithoutTrace(ErrorCode.TooLarge, SetCommand(world.Staged, "List", longer)).Details.Limit);
        world.RefusedWithoutTrace(ErrorCode.TooLarge, Stage("List", longer));
    }

    [Fact]
    public void A_holon_has_as_many_properties_as_allowed_and_no_more()
    {
        using var world = With(new TransactionLimits { MaxProperties = 5 });
        foreach (var name in (string[])["Pages", "Form", "Note"]) world.Transaction.Set(world.Staged, name, Number(1));
        world.Transaction.Set(world.Staged, "Pages", Number(2));
        var error = world.RefusedWithoutTrace(ErrorCode.TooLarge, SetCommand(world.Staged, "Year", Number(1)));
        Assert.Equal((world.Staged, 5UL), (error.Reference, error.Details.Limit));
        var content = new HolonContent { Key = "Five" };
        content.Properties.AddRange(Enumerable.Range(0, 5).Select(i => new Property { Name = $"P{i}", Value = Number(i) }));
        world.RefusedWithoutTrace(ErrorCode.TooLarge, new MutationCommand { NewHolon = new NewHolonCommand { Content = content } });
    }

    [Fact]
    public void Loaded_holons_keep_to_the_limits_of_values_too()
    {
        using var world = With(new TransactionLimits { MaxValueBytes = 16, MaxArrayItems = 2, MaxProperties = 5 });
        object[] wrong =
        [
            new { Title = new string('a', 17) },
            new { List = new[] { 1, 2, 3 } },
            new { List = new[] { "12345678", "123456789" } },
            new { A = 1, B = 2, C = 3, D = 4, E = 5 },
        ];
        foreach (var properties in wrong)
        {
            var file = TestSchema.File("large.json", TestSchema.Holon("Fine", TestSchema.Book), TestSchema.Holon("Large", TestSchema.Book, properties));
            var error = world.RefusedWithoutTrace(ErrorCode.TooLarge, LoadCommand(file));
            Assert.Equal("large.json", error.Details.Place.File);
        }

        world.Transaction.Load(TestSchema.File("fine.json", TestSchema.Holon("Fine", TestSchema.Book, new { List = new[] { 1, 2 }, B = 1, C = 2, D = 3 })));
    }

    [Fact]
    public void A_transaction_stages_as_many_holons_as_allowed_and_no_more()
    {
        const int Limit = 17;
        // As many as the types of the space, since those are loaded in a transaction too.
        using var world = With(new TransactionLimits { MaxStagedHolons = Limit });
        for (var i = 4; i < Limit; i++) world.Transaction.Stage($"B{i}", world.Book);
        foreach (var mutation in (MutationCommand[])
            [
                new() { StageNewHolon = new StageNewHolonCommand() },
                new() { StageNewHolon = new StageNewHolonCommand { Transient = world.Transient } },
                new() { StageNewVersion = new StageNewVersionCommand { Holon = world.Saved } },
                DeleteCommand(world.Saved),
                LoadCommand(TestSchema.File("one.json", TestSchema.Holon("Six", TestSchema.Book))),
            ])
            Assert.Equal((ulong)Limit, world.RefusedWithoutTrace(ErrorCode.TooManyHolons, mutation).Details.Limit);
        world.Transaction.Undo();
        world.Transaction.StageVersion(world.Saved);
    }

    [Fact]
    public void A_transaction_holds_as_many_transient_holons_as_allowed_and_no_more()
    {
        using var world = With(new TransactionLimits { MaxTransientHolons = 2 });
        world.Transaction.New("Second");
        var third = new MutationCommand { NewHolon = new NewHolonCommand() };
        Assert.Equal(2UL, world.RefusedWithoutTrace(ErrorCode.TooManyHolons, third).Details.Limit);
    }

    [Fact]
    public void A_transaction_takes_as_many_steps_as_allowed_keeps_them_all_and_can_commit()
    {
        using var hub = new TestHub(TestHub.Options(new TransactionLimits { MaxSteps = 3 }));
        var space = hub.NewSpace("library", [TestSchema.Alone]);
        var transaction = hub.Begin(space);
        var book = transaction.StageOf(TestSchema.Book, "One");
        transaction.Set(book, "Pages", Number(1));
        transaction.Set(book, "Pages", Number(2));
        var before = transaction.View();
        var error = transaction.Send(SetCommand(book, "Pages", Number(3))).Refused(ErrorCode.TooManySteps);
        Assert.Equal(3UL, error.Details.Limit);
        Assert.Equal(before, transaction.View());

        transaction.Undo();
        transaction.Redo();
        transaction.Send(SetCommand(book, "Pages", Number(3))).Refused(ErrorCode.TooManySteps);
        transaction.Undo();
        transaction.Set(book, "Pages", Number(4));
        Assert.Single(transaction.Commit().Saved);
    }

    [Fact]
    public void A_space_has_as_many_open_transactions_as_allowed_and_room_again_when_one_ends()
    {
        using var hub = new TestHub(TestHub.Options() with { MaxOpenTransactions = 2 });
        var space = hub.NewSpace("library", [TestSchema.Alone]);
        var first = hub.Begin(space);
        var second = hub.Begin(space);
        var refused = Assert.Throws<HolonException>(() => hub.Begin(space)).Errors[0];
        Assert.Equal((HolonErrorCode.TooManyTransactions, 2, true), (refused.Code, refused.Limit, refused.IsRetryable));
        first.Commit();
        hub.Begin(space);
        second.Rollback();
        hub.Begin(space);
        Assert.Throws<HolonException>(() => hub.Begin(space));
    }

    private static TestWorld With(TransactionLimits limits) => new(TestHub.Options(limits));

    private static BaseValue Array(params BaseValue[] items) => new() { ArrayValue = new ArrayValue { Items = { items } } };

    private static MutationCommand Stage(string name, BaseValue value) => new()
    {
        StageNewHolon = new StageNewHolonCommand { Content = new HolonContent { Properties = { new Property { Name = name, Value = value } } } },
    };
}
