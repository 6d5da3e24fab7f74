using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.Transactions;
using Map.Guests.Running;
using Map.Guests.Tests.Building;
using Xunit.Abstractions;
using static Map.Hub.Tests.TestSchema;

namespace Map.Guests.Tests.Fuzzing;

/// <summary>Random sequences of host calls end in results, codes or traps, and the state stays sound.</summary>
public sealed class RandomCallTests(ITestOutputHelper output) : IDisposable
{
    private const int BeforeAnew = 100;

    private static readonly HolonErrorCode[] Endings =
        [HolonErrorCode.DanceTrapped, HolonErrorCode.DanceFailed, HolonErrorCode.CapabilityDenied, HolonErrorCode.OutOfFuel];

    private readonly GuestWorld _world = new(new GuestOptions { Fuel = 20_000_000, DanceDeadline = TimeSpan.FromMinutes(1) });

    private static int Sequences => Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 1_000_000 : 20_000;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Any_sequence_of_host_calls_ends_in_results_codes_or_traps_and_leaves_a_sound_state()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var scripts = new RandomScripts(new Random(seed));
        var everything = _world.InstallScripts();
        var some = _world.InstallScripts(Manifests.Allowing(read: Book, write: Book + " " + Person, delete: Person));
        var endings = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Sequences; i++)
        {
            // Anew now and then, so that states stay small. Every other time the book is staged.
            if (i % BeforeAnew == 0)
            {
                _world.Editor = _world.Begin();
                _world.Log.Clear();
            }

            var book = i % BeforeAnew < BeforeAnew / 2 ? _world.SavedIn(_world.Editor) : _world.Editor.View.ReferenceTo(_world.Saved.Id);
            var ending = "ok";
            try
            {
                _world.Dance(i % 4 == 0 ? some : everything, scripts.Next(), book);
            }
            catch (HolonException e)
            {
                Assert.True(Endings.Contains(e.Errors[0].Code), $"{e.Message} (seed {seed}, sequence {i})");
                ending = e.Errors[0].Code.ToString();
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, sequence {i}: {e}");
            }

            endings[ending] = endings.GetValueOrDefault(ending) + 1;
            if (ending == "ok") RequireSound(_world.Before!, _world.Editor, $"seed {seed}, sequence {i}");
        }

        output.WriteLine(string.Join(", ", endings.Select(each => $"{each.Key} {each.Value:N0}")));
        // Most go well, and all but the use of all fuel happen.
        Assert.True(endings["ok"] > Sequences / 4);
        Assert.All(Endings[..3], ending => Assert.Contains($"{ending}", endings.Keys));
    }

    /// <summary>What would be journaled of the dance leads to the state that it left.</summary>
    private static void RequireSound(TransactionState before, TransactionEditor editor, string where)
    {
        var (left, replayed) = (editor.State, before.After(editor.Changes));
        Assert.True(Text(left.Nursery) == Text(replayed.Nursery) && Text(left.Transients) == Text(replayed.Transients), where);
        Assert.True(left.Transients.Holons.Values.All(draft => draft.Phase == HolonPhase.Transient), where);
        Assert.True(left.Nursery.Holons.Values.Count(draft => !draft.IsLive) == left.Nursery.Deletions, where);
    }

    private static string Text(HolonPool pool) =>
        string.Join('\n', pool.Holons.Values.Select(Text).Append($"{pool.Abandoned} {pool.Deletions} {pool.Removers}"));

    private static string Text(DraftHolon draft)
    {
        var links = draft.Links.Select(each => $"{each.Key} {string.Join(' ', each.Value.Added)} {string.Join(' ', each.Value.Removed)}");
        return $"{draft.Id} {draft.Phase} {draft.Descriptor} {string.Join(' ', draft.Properties)} {string.Join(' ', links)}";
    }
}
