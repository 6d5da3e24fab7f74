using Google.Protobuf;
using Map.Hub.Binding;
using Map.Hub.Commands;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>Requests of a wrong form, with wrong names or values, or not allowed, are refused without a trace.</summary>
public sealed class RequestTests : IDisposable
{
    private static readonly string[] BadNames = ["", "--", "a\0b", new('a', 201)];

    private readonly TestWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_request_without_transaction_or_command_is_refused_with_the_field_that_it_lacks()
    {
        var id = WireWriter.ToWire(_world.Transaction.Id);
        var command = new CommandBody { Query = new QueryCommand { StagedCount = new StagedCountQuery() } };
        (string Field, MapRequest Request)[] requests =
        [
            ("transaction_id", new MapRequest { Command = command }),
            ("transaction_id.space_id", new MapRequest { Command = command, TransactionId = new TransactionId { LocalId = id.LocalId } }),
            ("transaction_id.local_id", new MapRequest { Command = command, TransactionId = new TransactionId { SpaceId = id.SpaceId } }),
            ("command", new MapRequest { TransactionId = id }),
            ("command", new MapRequest { TransactionId = id, Command = new CommandBody() }),
            ("command.query", new MapRequest { TransactionId = id, Command = new CommandBody { Query = new QueryCommand() } }),
            ("command.mutation", new MapRequest { TransactionId = id, Command = new CommandBody { Mutation = new MutationCommand() } }),
        ];
        foreach (var (field, request) in requests)
        {
            var response = _world.Hub.Dispatcher.Execute(request, Caller.Owner, null, default);
            Assert.Equal(field, response.Refused(ErrorCode.InvalidRequest).Field);
        }
    }

    [Fact]
    public void A_mutation_that_lacks_a_field_is_refused_with_its_path()
    {
        var holon = _world.Staged;
        var name = TestSchema.Authors;
        (string Field, MutationCommand Mutation)[] mutations =
        [
            ("properties", new() { WithPropertyValue = new WithPropertyValueCommand { Holon = holon } }),
            ("properties[0].value", SetCommand(holon, "Title", null!)),
            ("properties[0].value", SetCommand(holon, "Title", new BaseValue())),
            ("properties[0].value[1]", SetCommand(holon, "Title", Array(Text("a"), new BaseValue()))),
            ("names", new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon } }),
            ("targets", AddCommand(holon, name)),
            ("targets", RemoveCommand(holon, name)),
            ("content_ids", new() { LoadHolons = new LoadHolonsCommand() }),
            ("content_ids[0]", new() { LoadHolons = new LoadHolonsCommand { ContentIds = { ByteString.CopyFromUtf8("short") } } }),
            ("content.properties[0].value", Content(new HolonContent { Properties = { new Property { Name = "Title" } } })),
            ("content.relationships[0].targets", Content(new HolonContent { Relationships = { new Relationship { Name = name } } })),
        ];
        foreach (var (field, mutation) in mutations)
            Assert.Equal(field, _world.RefusedWithoutTrace(ErrorCode.InvalidRequest, mutation).Field);
    }

    [Fact]
    public void A_query_that_lacks_a_field_is_refused_with_its_path()
    {
        (string Field, QueryCommand Query)[] queries =
        [
            ("holon_id", new() { GetById = new GetByIdQuery() }),
            ("holon_id.space_id", new() { GetById = new GetByIdQuery { HolonId = new HolonId() } }),
            ("version", new() { GetById = new GetByIdQuery { HolonId = _world.Saved.Smart.HolonId, Version = 0 } }),
            ("with_subtypes", new() { GetAll = new GetAllQuery { WithSubtypes = true } }),
        ];
        foreach (var (field, query) in queries)
            Assert.Equal(field, _world.RefusedWithoutTrace(ErrorCode.InvalidRequest, query).Field);
    }

    [Fact]
    public void A_name_that_is_none_is_refused_wherever_a_name_is_taken()
    {
        foreach (var bad in BadNames)
        {
            Invalid("properties[0].name", SetCommand(_world.Staged, bad, Text("x")));
            Invalid("names[1]", new MutationCommand
            {
                RemovePropertyValue = new RemovePropertyValueCommand { Holon = _world.Staged, Names = { "Title", bad } },
            });
            Invalid("name", AddCommand(_world.Staged, bad, _world.Person));
            Invalid("name", RemoveCommand(_world.Staged, bad, _world.Person));
            Invalid("content.properties[0].name", Content(new HolonContent { Properties = { new Property { Name = bad, Value = Text("x") } } }));
            Invalid("content.relationships[0].name", Content(new HolonContent
            {
                Relationships = { new Relationship { Name = bad, Targets = { _world.Person } } },
            }));
            Invalid("name", new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = _world.Staged, Name = bad } });
            Invalid("name", new QueryCommand { RelatedHolons = new RelatedHolonsQuery { Holon = _world.Staged, Name = bad } });
        }
    }

    [Fact]
    public void A_key_that_is_none_is_refused_wherever_a_key_is_taken()
    {
        // 501 characters of 2 bytes each are too long too.
        foreach (var bad in (string[])["", "a\0b", new('a', 1001), new('ä', 501)])
        {
            Invalid("key", ByKeyQuery(bad));
            Invalid("content.key", Content(new HolonContent { Key = bad }));
            Invalid("Key", SetCommand(_world.Staged, "key", Text(bad)));
            Invalid("Key", Content(new HolonContent { Properties = { new Property { Name = "Key", Value = Text(bad) } } }));
        }

        Assert.Equal("Key", _world.RefusedWithoutTrace(ErrorCode.ValueKindMismatch, SetCommand(_world.Staged, "Key", Number(1))).Field);
    }

    [Fact]
    public void An_array_of_several_kinds_or_of_arrays_is_refused()
    {
        _world.RefusedWithoutTrace(ErrorCode.ValueKindMismatch, SetCommand(_world.Staged, "Title", Array(Text("a"), Number(1))));
        _world.RefusedWithoutTrace(ErrorCode.ValueKindMismatch, SetCommand(_world.Staged, "Title", Array(Array(Text("a")))));
    }

    [Fact]
    public void What_is_not_there_is_refused_with_the_code_of_its_kind()
    {
        var holon = _world.Staged;
        Assert.Equal("Absent", _world.RefusedWithoutTrace(ErrorCode.PropertyNotFound, new MutationCommand
        {
            RemovePropertyValue = new RemovePropertyValueCommand { Holon = holon, Names = { "Title", "absent" } },
        }).Field);
        _world.RefusedWithoutTrace(
            ErrorCode.PropertyNotFound, new QueryCommand { PropertyValue = new PropertyValueQuery { Holon = holon, Name = "Absent" } });
        Assert.Equal(TestSchema.Authors, _world.RefusedWithoutTrace(
            ErrorCode.MemberNotFound, RemoveCommand(_world.Updated, TestSchema.Authors, _world.Person, _world.Saved)).Field);
        _world.RefusedWithoutTrace(ErrorCode.MemberNotFound, new MutationCommand
        {
            RemoveRelatedHolons = new RemoveRelatedHolonsCommand
            {
                Holon = _world.Updated,
                Name = TestSchema.Authors,
                Targets = { _world.Person },
                Occurrence = 1,
            },
        });
        Assert.Equal("Absent", _world.RefusedWithoutTrace(ErrorCode.KeyNotFound, ByKeyQuery("Absent")).Key);
        _world.RefusedWithoutTrace(ErrorCode.KeyNotFound, ByKeyQuery("Ann", _world.Book));
        _world.RefusedWithoutTrace(ErrorCode.ContentNotFound, new MutationCommand
        {
            LoadHolons = new LoadHolonsCommand { ContentIds = { ByteString.CopyFrom(new byte[16]) } },
        });
    }

    [Fact]
    public void A_key_of_several_types_is_refused_with_the_holons_that_have_it()
    {
        var person = _world.Transaction.StageOf(TestSchema.Person, "One");
        var error = _world.RefusedWithoutTrace(ErrorCode.AmbiguousKey, ByKeyQuery("One"));
        Assert.Equal([person, _world.Saved], error.Details.Candidates);
        Assert.Equal("One", error.Key);
        Assert.Equal(_world.Saved, _world.Transaction.ByKey("One", _world.Book));
    }

    [Fact]
    public void Relationships_that_the_system_keeps_are_not_written_by_name()
    {
        foreach (var name in (string[])["DescribedBy", "described_by", "Instances", "OwnedBy", "Owns", "Predecessor", "Successor"])
        {
            foreach (var mutation in LinkMutations(_world.Staged, name, _world.Person))
                _world.RefusedWithoutTrace(ErrorCode.RelationshipNotWritable, mutation);
        }
    }

    [Fact]
    public void An_inverse_relationship_is_not_written()
    {
        var person = _world.Transaction.StageVersion(_world.Person);
        foreach (var mutation in LinkMutations(person, TestSchema.AuthorOf, _world.Saved))
            _world.RefusedWithoutTrace(ErrorCode.InverseNotWritable, mutation);
        _world.RefusedWithoutTrace(ErrorCode.InverseNotWritable, Content(new HolonContent
        {
            Descriptor_ = _world.Transaction.ByKey(TestSchema.Person),
            Relationships = { new Relationship { Name = TestSchema.AuthorOf, Targets = { _world.Saved } } },
        }));
    }

    [Fact]
    public void Every_command_of_the_contract_has_its_handler() =>
        Assert.DoesNotContain(new CommandRegistry().Commands, command => command.Policy is null);

    [Fact]
    public void A_caller_that_may_only_read_runs_every_query_and_no_mutation()
    {
        var reader = new TestTransaction(_world.Hub.Dispatcher, _world.Transaction.Id, new Caller(CallerKind.Token, "reader", AccessScope.Read));
        foreach (var command in new CommandRegistry().Commands.Where(command => command.Policy is not null))
        {
            var before = _world.Dump();
            var response = reader.Send(Empty(command.Name, command.IsQuery));
            if (command.IsQuery) Assert.DoesNotContain(response.Errors, error => error.Code == ErrorCode.Denied);
            else response.Refused(ErrorCode.Denied);
            Assert.Equal(before, _world.Dump());
        }

        Assert.Equal(_world.Saved, reader.ByKey("One"));
    }

    [Fact]
    public void A_caller_of_other_spaces_is_denied_and_one_of_this_space_is_not()
    {
        var stranger = new TestTransaction(_world.Hub.Dispatcher, _world.Transaction.Id, new Caller(CallerKind.Token, "other", AccessScope.Admin) { Spaces = ["archive"] });
        var before = _world.Dump();
        stranger.Send(ByKeyQuery("One")).Refused(ErrorCode.Denied);
        stranger.Send(SetCommand(_world.Staged, "Title", Text("New"))).Refused(ErrorCode.Denied);
        stranger.Send(RollbackMutation).Refused(ErrorCode.Denied);
        Assert.Equal(before, _world.Dump());

        var member = new TestTransaction(
            _world.Hub.Dispatcher, _world.Transaction.Id, new Caller(CallerKind.Token, "one", AccessScope.Write) { Spaces = ["archive", "LIBRARY"] });
        member.Set(_world.Staged, "Title", Text("New"));
        Assert.Equal("New", _world.Transaction.Value(_world.Staged, "Title").StringValue);
    }

    private static CommandBody Empty(string name, bool isQuery)
    {
        IMessage command = isQuery ? new QueryCommand() : new MutationCommand();
        var field = command.Descriptor.Fields.InDeclarationOrder().Single(field => field.PropertyName.TrimEnd('_') == name);
        field.Accessor.SetValue(command, field.MessageType.Parser.ParseFrom(ByteString.Empty));
        return isQuery ? new CommandBody { Query = (QueryCommand)command } : new CommandBody { Mutation = (MutationCommand)command };
    }

    private static BaseValue Array(params BaseValue[] items) => new() { ArrayValue = new ArrayValue { Items = { items } } };

    private static MutationCommand Content(HolonContent content) =>
        new() { StageNewHolon = new StageNewHolonCommand { Content = content } };

    private static MutationCommand[] LinkMutations(HolonReference holon, string name, HolonReference target) =>
    [
        AddCommand(holon, name, target),
        RemoveCommand(holon, name, target),
    ];

    private void Invalid(string field, MutationCommand mutation) =>
        Assert.Equal(field, _world.RefusedWithoutTrace(ErrorCode.InvalidName, mutation).Field);

    private void Invalid(string field, QueryCommand query) =>
        Assert.Equal(field, _world.RefusedWithoutTrace(ErrorCode.InvalidName, query).Field);
}
