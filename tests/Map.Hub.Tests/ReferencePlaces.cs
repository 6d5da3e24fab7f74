using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>A field of a command that takes a reference.</summary>
/// <param name="Field">Its path.</param>
/// <param name="Command">The command with a reference put there, all else being right.</param>
internal sealed record ReferencePlace(string Field, Func<HolonReference?, CommandBody> Command)
{
    /// <summary>Whether the command needs it.</summary>
    public bool IsRequired { get; private init; } = true;

    /// <summary>Every such field of every command of this version.</summary>
    public static IEnumerable<ReferencePlace> All(TestWorld world)
    {
        yield return new("holon", each => Query(new() { EssentialContent = new EssentialContentQuery { Holon = each } }));
        yield return new("holon", each => Query(new() { HolonId = new HolonIdQuery { Holon = each } }));
        yield return new("holon", each => Query(new() { Key = new KeyQuery { Holon = each } }));
        yield return new("holon", each => Query(new() { PropertyValue = new PropertyValueQuery { Holon = each, Name = "Title" } }));
        yield return new("holon", each => Query(new() { RelatedHolons = new RelatedHolonsQuery { Holon = each, Name = TestSchema.Authors } }));
        yield return new("holon", each => Query(new() { AllRelatedHolons = new AllRelatedHolonsQuery { Holon = each } }));
        yield return new("holon", each => Query(new() { Summarize = new SummarizeQuery { Holon = each } }));
        yield return Optional("type", each => Query(new() { GetAll = new GetAllQuery { Type = each } }));
        yield return Optional("type", each => Query(new() { GetByKey = new GetByKeyQuery { Key = "One", Type = each } }));
        foreach (var place in Mutations(world)) yield return place;
        foreach (var place in Contents(world)) yield return place;
    }

    private static IEnumerable<ReferencePlace> Mutations(TestWorld world)
    {
        yield return new("holon", each => Mutation(SetCommand(each!, "Title", Text("New"))));
        yield return new("holon", each => Mutation(
            new() { RemovePropertyValue = new RemovePropertyValueCommand { Holon = each, Names = { "Title" } } }));
        yield return new("holon", each => Mutation(AddCommand(each!, TestSchema.Authors, world.Person)));
        yield return Repeated("targets[0]", each => Mutation(AddCommand(world.Staged, TestSchema.Authors, each)));
        yield return new("holon", each => Mutation(RemoveCommand(each!, TestSchema.Authors, world.Person)));
        yield return Repeated("targets[0]", each => Mutation(RemoveCommand(world.Updated, TestSchema.Authors, each)));
        yield return new("holon", each => Mutation(DescribeCommand(each!, world.Book)));
        yield return new("descriptor", each => Mutation(DescribeCommand(world.Staged, each!)));
        yield return new("holon", each => Mutation(new() { StageNewVersion = new StageNewVersionCommand { Holon = each } }));
        yield return new("holon", each => Mutation(DeleteCommand(each!)));
        yield return new("holon", each => Mutation(new() { CloneHolon = new CloneHolonCommand { Holon = each } }));
        yield return new("holon", each => Mutation(new() { StageNewFromClone = new StageNewFromCloneCommand { Holon = each } }));
        // Without a reference this is the other form of the command, which needs nothing.
        yield return Optional("transient", each => Mutation(new() { StageNewHolon = new StageNewHolonCommand { Transient = each } }));
    }

    private static IEnumerable<ReferencePlace> Contents(TestWorld world)
    {
        Func<HolonContent, MutationCommand>[] commands =
        [
            content => new MutationCommand { NewHolon = new NewHolonCommand { Content = content } },
            content => new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = content } },
        ];
        foreach (var command in commands)
        {
            yield return Optional("content.descriptor", each => Mutation(command(new HolonContent { Descriptor_ = each })));
            yield return Repeated("content.relationships[0].targets[0]", each => Mutation(command(new HolonContent
            {
                Descriptor_ = world.Book,
                Relationships = { new Relationship { Name = TestSchema.Authors, Targets = { each } } },
            })));
        }
    }

    private static ReferencePlace Optional(string field, Func<HolonReference?, CommandBody> command) =>
        new(field, command) { IsRequired = false };

    private static ReferencePlace Repeated(string field, Func<HolonReference, CommandBody> command) =>
        new(field, each => command(each!)) { IsRequired = false };

    private static CommandBody Query(QueryCommand query) => new() { Query = query };

    private static CommandBody Mutation(MutationCommand mutation) => new() { Mutation = mutation };
}
