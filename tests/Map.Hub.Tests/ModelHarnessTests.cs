using Map.Hub.Tests.Model;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>The model test itself: it sees a difference, and cuts a failure down.</summary>
public sealed class ModelHarnessTests
{
    [Fact]
    public void A_list_is_cut_down_to_what_it_fails_by()
    {
        int[] needed = [17, 400, 401, 998];
        var shrunk = Shrinker.Shrink([.. Enumerable.Range(0, 1_000)], steps => needed.All(steps.Contains), attempts: 1_000);
        Assert.Equal(needed, shrunk);
    }

    [Fact]
    public void Shrinking_ends_after_its_attempts_with_a_list_that_fails()
    {
        var attempts = 0;
        var shrunk = Shrinker.Shrink([.. Enumerable.Range(0, 1_000)], Fails, attempts: 20);
        Assert.Equal(20, attempts);
        Assert.True(Fails(shrunk));

        bool Fails(IReadOnlyList<int> steps)
        {
            attempts++;
            return steps.Contains(500) && steps.Count(step => step % 2 == 0) >= 100;
        }
    }

    [Fact]
    public void What_only_the_model_did_is_seen()
    {
        using var run = new ModelRun();
        const int transaction = 1_000;
        Assert.True(run.Do(new BeginStep(transaction, 0)));
        Assert.True(run.Do(Stage(1_001)));
        run.Do(new LookStep(transaction, 1_001 % LookStep.Parts));
        run.Model.Execute(Command(SetCommand(Symbols.Staged(transaction, 1_001), "Title", Text("other"))));
        var difference = Assert.Throws<Disagreement>(() => run.Do(new LookStep(transaction, 1_001 % LookStep.Parts)));
        Assert.Contains("\"other\"", difference.Message);

        CommandStep Stage(int holon) => Command(
            new MutationCommand { StageNewHolon = new StageNewHolonCommand { Content = new HolonContent { Key = "one" } } }, holon);
        CommandStep Command(MutationCommand mutation, int made = Symbols.Nothing) =>
            new(transaction, new CommandBody { Mutation = mutation }, made, "");
    }
}
