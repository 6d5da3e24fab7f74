using Map.Hub.Dispatch;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>One request of every command of the contract that succeeds in a <see cref="TestWorld"/>.</summary>
internal static class CommandSamples
{
    private static readonly Func<TestWorld, QueryCommand>[] _queries =
    [
        world => new() { EssentialContent = new EssentialContentQuery { Holon = world.Staged } },
        world => new() { HolonId = new HolonIdQuery { Holon = world.Updated } },
        world => new() { Key = new KeyQuery { Holon = world.Saved } },
        world => new() { VersionedKey = new VersionedKeyQuery { Holon = world.Saved } },
        world => new() { Predecessor = new PredecessorQuery { Holon = world.Updated } },
        world => new() { PropertyValue = new PropertyValueQuery { Holon = world.Transient, Name = "Title" } },
        world => new() { RelatedHolons = new RelatedHolonsQuery { Holon = world.Saved, Name = TestSchema.Authors } },
        world => new() { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = world.Saved, MembersEach = 2 } },
        world => new() { Descriptor_ = new DescriptorQuery { Holon = world.Saved } },
        world => new() { AvailableProperties = new AvailablePropertiesQuery { Holon = world.Saved } },
        world => new() { AvailableRelationships = new AvailableRelationshipsQuery { Holon = world.Saved } },
        world => new() { AvailableDances = new AvailableDancesQuery { Holon = world.Saved } },
        world => new() { History = new HistoryQuery { Holon = world.Saved } },
        _ => new() { GetAll = new GetAllQuery { KeyPrefix = "T" } },
        _ => new() { Traverse = new TraverseQuery { Seeds = { new TraverseSeed { List = new ListSeed { KeyPrefix = "T" } } } } },
        _ => ByKeyQuery("Three"),
        world => new() { GetById = new GetByIdQuery { HolonId = world.Saved.Smart.HolonId } },
        _ => new() { StagedByBaseKey = new StagedByBaseKeyQuery { Key = "Three" } },
        _ => new() { StagedByVersionedKey = new StagedByVersionedKeyQuery { VersionedKey = "Two__1" } },
        _ => new() { TransientByBaseKey = new TransientByBaseKeyQuery { Key = "Scratch" } },
        _ => new() { TransientByVersionedKey = new TransientByVersionedKeyQuery { VersionedKey = "Scratch__0" } },
        _ => new() { StagedCount = new StagedCountQuery() },
        _ => new() { TransientCount = new TransientCountQuery() },
        world => new() { Summarize = new SummarizeQuery { Holon = world.Staged } },
        _ => new() { EditStatus = new EditStatusQuery() },
        _ => new() { Validate = new ValidateQuery() },
    ];

    private static readonly Func<TestWorld, MutationCommand>[] _mutations =
    [
        world => SetCommand(world.Staged, "Title", Text("3")),
        world => new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = world.Staged, Names = { "Title" } } },
        world => AddCommand(world.Staged, TestSchema.Authors, world.Person),
        world => RemoveCommand(world.Updated, TestSchema.Authors, world.Person),
        world => DescribeCommand(world.Transient, world.Book),
        world => PredecessorCommand(world.Staged, world.Saved),
        world => AbandonCommand(world.Updated),
        _ => new() { NewHolon = new NewHolonCommand { Content = new HolonContent { Key = "New" } } },
        world => new() { CloneHolon = new CloneHolonCommand { Holon = world.Saved } },
        world => new() { StageNewHolon = new StageNewHolonCommand { Content = Five(world) } },
        world => new() { StageNewFromClone = new StageNewFromCloneCommand { Holon = world.Saved, Key = "Clone" } },
        world => new() { StageNewVersion = new StageNewVersionCommand { Holon = world.Saved } },
        world => DeleteCommand(world.Saved),
        _ => LoadCommand(TestSchema.File("six.json", TestSchema.Holon("Six", TestSchema.Book, null, (TestSchema.Authors, "Ann")))),
        _ => new() { Refresh = new RefreshCommand() },
        _ => MarkCommand("here"),
        _ => UndoMutation,
        _ => RedoMutation,
        _ => UndoToCommand(TestWorld.Behind),
        _ => RedoToCommand(TestWorld.Ahead),
        _ => CommitMutation,
        _ => RollbackMutation,
        world => DanceCommand(world.Saved, TestWorld.Dance),
    ];

    /// <summary>Every command of the contract with a request; the request is null where this file has none.</summary>
    public static IReadOnlyDictionary<string, Func<TestWorld, CommandBody>?> All { get; } = Find();

    private static Dictionary<string, Func<TestWorld, CommandBody>?> Find()
    {
        using var world = new TestWorld();
        var queries = _queries.ToDictionary(
            sample => CommandNames.Of(sample(world).CommandCase),
            sample => (Func<TestWorld, CommandBody>)(world => new CommandBody { Query = sample(world) }));
        var mutations = _mutations.ToDictionary(
            sample => CommandNames.Of(sample(world).CommandCase),
            sample => (Func<TestWorld, CommandBody>)(world => new CommandBody { Mutation = sample(world) }));
        return new Commands.CommandRegistry().Commands.ToDictionary(
            command => command.Name, command => (command.IsQuery ? queries : mutations).GetValueOrDefault(command.Name));
    }

    private static HolonContent Five(TestWorld world) => new()
    {
        Key = "Five",
        Descriptor_ = world.Book,
        Properties = { new Property { Name = "Title", Value = Text("Five") } },
        Relationships = { new Relationship { Name = TestSchema.Authors, Targets = { world.Person } } },
    };
}
