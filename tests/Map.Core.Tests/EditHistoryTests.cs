using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Services;
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
                    history = history.After(new JournalMove(-1));
                    break;
                case 2 when at < states.Count - 1:
                    at++;
                    history = history.After(new JournalMove(1));
                    break;
            }

            Assert.Same(states[at], history.Current);
            Assert.Equal(at, history.Steps);
            Assert.Equal(new HistoryMoves(at > 0, at < states.Count - 1), history.Moves);
        }
    }

    [Fact]
    public void Markers_stay_where_they_were_placed_until_a_new_step_clears_their_position()
    {
        var random = new Random(12);
        var history = EditHistory.Start(Start);
        var (at, last) = (0, 0);
        var markers = new Dictionary<string, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var marker = random.Next(40).ToString();
            switch (random.Next(5))
            {
                case 0:
                    last = ++at;
                    foreach (var (id, depth) in markers.ToList()) if (depth >= at) markers.Remove(id);
                    history = history.Push(Start with { Snapshot = i });
                    break;
                case 1 when !markers.TryAdd(marker, at):
                    Assert.Equal(HolonErrorCode.DuplicateMarker, Refused(() => history.After(new JournalMark(marker, ""))));
                    break;
                case 1:
                    history = history.After(new JournalMark(marker, ""));
                    break;
                case 2 when last > 0:
                    var to = random.Next(last + 1);
                    history = history.After(new JournalMove(to - at));
                    at = to;
                    break;
                case 3:
                    Assert.Equal(Expected(marker, forward: false), Steps(() => history.StepsBackTo(marker)));
                    break;
                case 4:
                    Assert.Equal(Expected(marker, forward: true), Steps(() => history.StepsForwardTo(marker)));
                    break;
            }

            Assert.Equal((at, markers.Count, at < last), (history.Steps, history.Markers, history.Moves.CanRedo));
        }

        (int, HolonErrorCode) Expected(string marker, bool forward)
        {
            if (!markers.TryGetValue(marker, out var depth)) return (0, HolonErrorCode.UnknownMarker);
            var steps = forward ? depth - at : at - depth;
            return steps >= 0 ? (steps, HolonErrorCode.None) : (0, HolonErrorCode.MarkerNotReachable);
        }
    }

    [Fact]
    public void There_is_an_error_of_its_own_for_nothing_to_undo_and_nothing_to_redo()
    {
        var history = EditHistory.Start(Start);
        Assert.Equal(HolonErrorCode.NothingToUndo, Refused(() => history.After(new JournalMove(-1))));
        Assert.Equal(HolonErrorCode.NothingToRedo, Refused(() => history.After(new JournalMove(1))));
    }

    [Fact]
    public void A_state_of_another_transaction_cannot_enter_a_history()
    {
        var other = Start with { Transaction = new(new SpaceId(new LocalId(1)), new LocalId(3)) };
        Assert.Throws<InvariantException>(() => EditHistory.Start(Start).Push(other));
    }

    [Fact]
    public void Whether_something_is_staged_counts_every_state_that_undo_and_redo_lead_to()
    {
        var staged = Start.After(new StageDraft(new DraftHolon { Id = new LocalId(7), Phase = HolonPhase.StagedForCreate }));
        var history = EditHistory.Start(Start).Push(Start with { Snapshot = 1 });
        Assert.False(history.HoldsWork);
        history = history.Push(staged);
        Assert.True(history.HoldsWork);
        Assert.True(history.Push(Start).HoldsWork);
        history = history.After(new JournalMove(-1));
        Assert.True(history.HoldsWork);
        Assert.False(history.Push(Start with { Snapshot = 2 }).HoldsWork);
    }

    private static HolonErrorCode Refused(Func<object> move) => Assert.Throws<HolonException>(move).Errors[0].Code;

    private static (int, HolonErrorCode) Steps(Func<int> count)
    {
        try
        {
            return (count(), HolonErrorCode.None);
        }
        catch (HolonException e)
        {
            return (0, e.Errors[0].Code);
        }
    }
}
