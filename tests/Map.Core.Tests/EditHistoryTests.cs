using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Transactions;

namespace Map.Core.Tests;

public class EditHistoryTests
{
    private static readonly TransactionState Start = new()
    {
        Transaction = new(new SpaceId(new LocalId(1)), new LocalId(2)),
        Snapshot = 0,
        SchemaEpoch = 0,
    };

    [Fact]
    public void Random_moves_agree_with_a_list_and_a_cursor()
    {
        var random = new Random(11);
        var states = new List<TransactionState> { Start };
        var at = 0;
        var history = EditHistory.Start(Start);
        for (var i = 0; i < 20_000; i++)
        {
            switch (random.Next(3))
            {
                case 0:
                    var next = Start with { Snapshot = i };
                    states.RemoveRange(at + 1, states.Count - at - 1);
                    states.Add(next);
                    at++;
                    history = history.Push(next);
                    break;
                case 1 when at > 0:
                    at--;
                    history = history.Undo();
                    break;
                case 2 when at < states.Count - 1:
                    at++;
                    history = history.Redo();
                    break;
            }

            Assert.Same(states[at], history.Current);
            Assert.Equal(at, history.Steps);
            Assert.Equal(at > 0, history.CanUndo);
            Assert.Equal(at < states.Count - 1, history.CanRedo);
        }
    }

    [Fact]
    public void There_is_an_error_of_its_own_for_nothing_to_undo_and_nothing_to_redo()
    {
        var history = EditHistory.Start(Start);
        Assert.Equal(HolonErrorCode.NothingToUndo, Assert.Throws<HolonException>(history.Undo).Errors[0].Code);
        Assert.Equal(HolonErrorCode.NothingToRedo, Assert.Throws<HolonException>(history.Redo).Errors[0].Code);
    }

    [Fact]
    public void A_state_of_another_transaction_cannot_enter_a_history()
    {
        var other = Start with { Transaction = new(new SpaceId(new LocalId(1)), new LocalId(3)) };
        Assert.Throws<InvariantException>(() => EditHistory.Start(Start).Push(other));
    }
}
