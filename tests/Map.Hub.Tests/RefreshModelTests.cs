using System.Globalization;
using System.Text;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;
using Keep = Map.V1.RefreshChoice.Types.Keep;

namespace Map.Hub.Tests;

/// <summary>Random changes on two sides, a refresh with random choices and a commit, compared with a naive model.</summary>
public sealed class RefreshModelTests : IDisposable
{
    private static readonly string[] Names = [TestSchema.Authors, TestSchema.Credits, TestSchema.Readers, TestSchema.Similar];

    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;
    private readonly Dictionary<string, int> _outcomes = [];

    public RefreshModelTests() => _space = _hub.NewSpace("library", [TestSchema.Alone]);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_refresh_keeps_what_was_chosen_and_the_commit_after_it_saves_what_the_model_says()
    {
        var runs = Environment.GetEnvironmentVariable("MAP_TEST_LONG") == "1" ? 3_000 : 150;
        for (var seed = 0; seed < runs; seed++)
        {
            try
            {
                new Run(_hub, _space, seed, _outcomes).Go();
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"Seed {seed}: {e.Message}", e);
            }
        }

        // All that is to be compared did happen.
        foreach (var outcome in (string[])["mine", "theirs", "gone", "dangling", "no conflict"])
            Assert.True(_outcomes.GetValueOrDefault(outcome) > runs / 20, $"{outcome}: {_outcomes.GetValueOrDefault(outcome)} of {runs}");
    }

    /// <summary>One pair of transactions on holons of their own.</summary>
    private sealed class Run(TestHub hub, HolonSpaceManager space, int seed, Dictionary<string, int> outcomes)
    {
        private readonly Random _random = new(seed);
        private readonly RefreshSpace _start = new();
        private readonly Dictionary<string, HolonReference> _references = [];

        public void Go()
        {
            Begin();
            var mine = hub.Begin(space);
            foreach (var key in _start.Titles.Keys) _references[key] = mine.ByKey(key);
            var theirSide = new RefreshSide();
            for (var commits = _random.Next(1, 3); commits > 0; commits--)
            {
                var theirs = hub.Begin(space);
                Change(theirs, theirSide, _start.With(theirSide), "t");
                theirs.Commit();
            }

            var mySide = new RefreshSide();
            Change(mine, mySide, _start, "m");
            var model = new RefreshModel(_start, theirSide, mySide);
            Refresh(mine, model, out var kept);
            Commit(mine, model, kept);
        }

        private void Begin()
        {
            var transaction = hub.Begin(space);
            foreach (var name in (string[])["b0", "b1", "b2", "b3", "p0", "p1", "p2"])
            {
                var key = $"{seed}.{name}";
                _start.Titles.Add(key, "start");
                _references[key] = transaction.StageOf(name[0] == 'b' ? TestSchema.Book : TestSchema.Person, key, ("Title", Text("start")));
            }

            for (var i = 0; i < 8; i++)
            {
                var link = NextLink(_start);
                if (_start.Links.Contains(link) && !link.AllowsDuplicates) continue;
                _start.Links.Add(link);
                transaction.Add(_references[link.Source], link.Name, _references[link.Target]);
            }

            transaction.Commit();
            _references.Clear();
        }

        private void Change(TestTransaction transaction, RefreshSide side, RefreshSpace seen, string prefix)
        {
            var known = new Dictionary<string, HolonReference>();
            for (var steps = _random.Next(1, 7); steps > 0; steps--)
            {
                var live = seen.Titles.Keys.Where(key => !side.Deleted.Contains(key) && !key.Contains(".t", StringComparison.Ordinal)).ToList();
                var key = live[_random.Next(live.Count)];
                switch (_random.Next(7))
                {
                    case 0 or 1:
                        transaction.Set(Staged(key), "Title", Text(side.Titles[key] = $"{prefix}{side.Titles.Count}{steps}"));
                        break;
                    // A definitional link that goes again with its target makes no version.
                    case 2 when !side.Added.Any(link => link.IsDefinitional && link.Target == key):
                        transaction.Delete(Staged(key));
                        side.Deleted.Add(key);
                        break;
                    case 3 or 4:
                        AddLink(NextLink(seen));
                        break;
                    case 5:
                        RemoveLink();
                        break;
                    case 6:
                        var created = $"{seed}.{prefix}{side.Created.Count}{steps}";
                        side.Created.Add(created, "new");
                        known[created] = transaction.StageOf(TestSchema.Book, created, ("Title", Text("new")));
                        if (prefix == "m") _references[created] = known[created];
                        AddLink(NextLink(seen) with { Source = created });
                        break;
                }
            }

            void AddLink(RefreshLink link)
            {
                // Without add after remove and the reverse: those are no changes, or moves.
                if (side.Deleted.Contains(link.Source) || side.Deleted.Contains(link.Target) || side.Removed.Contains(link)) return;
                if (!link.AllowsDuplicates && (seen.Links.Contains(link) || side.Added.Contains(link))) return;
                transaction.Add(Staged(link.Source), link.Name, known.GetValueOrDefault(link.Target) ?? transaction.ByKey(link.Target));
                side.Added.Add(link);
            }

            void RemoveLink()
            {
                var links = seen.Links.Where(link =>
                    !side.Deleted.Contains(link.Source) && !side.Deleted.Contains(link.Target)
                    && !side.Added.Contains(link) && !side.Removed.Contains(link)).ToList();
                if (links.Count == 0) return;
                var link = links[_random.Next(links.Count)];
                transaction.RemoveRelated(Staged(link.Source), link.Name, transaction.ByKey(link.Target));
                side.Removed.AddRange(seen.Links.Where(each => each == link));
            }

            HolonReference Staged(string key)
            {
                if (known.TryGetValue(key, out var staged)) return staged;
                side.Staged.Add(key);
                staged = transaction.StageVersion(transaction.ByKey(key));
                if (prefix == "m") _references[key] = staged;
                return known[key] = staged;
            }
        }

        private void Refresh(TestTransaction mine, RefreshModel model, out RefreshSide kept)
        {
            var before = Show(mine);
            var conflicts = model.Conflicts();
            var choices = new List<(HolonReference, Keep)>();
            var dropped = new HashSet<string>();
            if (conflicts.Count > 0)
            {
                var errors = mine.Send(RefreshTests.RefreshCommand()).Errors;
                Assert.Equal(
                    conflicts.Keys.Select(key => ViewDump.Show(_references[key])).Order(), errors.Select(error => ViewDump.Show(error.Reference)).Order());
                Assert.Equal(before, Show(mine));
            }

            foreach (var (key, isGone) in conflicts)
            {
                var isTheirs = isGone || _random.Next(2) == 0;
                if (isTheirs) dropped.Add(key);
                choices.Add((_references[key], isTheirs ? Keep.Theirs : Keep.Mine));
                Count(isGone ? "gone" : isTheirs ? "theirs" : "mine");
            }

            if (conflicts.Count == 0) Count("no conflict");
            mine.Ok(RefreshTests.RefreshCommand([.. choices]));
            var after = Show(mine);
            mine.Undo();
            Assert.Equal(before, Show(mine));
            mine.Redo();
            Assert.Equal(after, Show(mine));
            kept = model.Kept(dropped);
        }

        private void Commit(TestTransaction mine, RefreshModel model, RefreshSide kept)
        {
            var dangling = model.Dangling(kept);
            if (dangling.Count > 0)
            {
                var errors = mine.Send(CommitMutation).Errors;
                Assert.All(errors, error => Assert.Equal(ErrorCode.Conflict, error.Code));
                Assert.Equal(
                    dangling.Select(link => ViewDump.Show(_references[link.Source])).Distinct().Order(),
                    errors.Select(error => ViewDump.Show(error.Reference)).Distinct().Order());
                foreach (var link in dangling.Distinct()) mine.RemoveRelated(_references[link.Source], link.Name, _references[link.Target]);
                kept.Added.RemoveAll(dangling.Contains);
                Count("dangling");
            }

            var expected = model.Saved(kept);
            var order = Members(mine, expected);
            mine.Commit();
            var fresh = hub.Begin(space);
            Assert.Equal(expected.ToString(), Read(fresh, expected).ToString());
            // What was seen is what is saved, order included.
            Assert.Equal(order, Members(fresh, expected));
            foreach (var key in _start.Titles.Keys.Where(key => !expected.Titles.ContainsKey(key)))
                fresh.Send(ByKeyQuery(key)).Refused(ErrorCode.KeyNotFound);
            fresh.Rollback();
        }

        private static RefreshSpace Read(TestTransaction transaction, RefreshSpace expected)
        {
            var read = new RefreshSpace();
            foreach (var key in expected.Titles.Keys)
            {
                var holon = transaction.ByKey(key);
                read.Titles.Add(key, transaction.Value(holon, "Title").StringValue);
                foreach (var name in Names)
                    read.Links.AddRange(transaction.Related(holon, name, 2).Select(target => new RefreshLink(key, name, target)));
            }

            return read;
        }

        /// <summary>All members from either side, in order.</summary>
        private static string Members(TestTransaction transaction, RefreshSpace expected)
        {
            var text = new StringBuilder();
            foreach (var key in expected.Titles.Keys)
            {
                var holon = transaction.ByKey(key);
                foreach (var name in TestSchema.RelationshipNames)
                    text.AppendLine(CultureInfo.InvariantCulture, $"{key} {name}: {string.Join(' ', transaction.Related(holon, name))}");
            }

            return text.ToString();
        }

        private string Show(TestTransaction transaction)
        {
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"{transaction.StagedCount()} staged");
            foreach (var key in _start.Titles.Keys)
                text.AppendLine(CultureInfo.InvariantCulture, $"{transaction.Send(ByKeyQuery(key)).Body?.Reference}");
            foreach (var reference in _references.Values) text.Append(ViewDump.Of(transaction, reference));
            return text.ToString();
        }

        private RefreshLink NextLink(RefreshSpace seen)
        {
            var books = seen.Titles.Keys.Where(key => key.Contains(".b", StringComparison.Ordinal)).ToList();
            var people = seen.Titles.Keys.Where(key => key.Contains(".p", StringComparison.Ordinal)).ToList();
            var name = Names[_random.Next(Names.Length)];
            var targets = name == TestSchema.Similar || people.Count == 0 ? books : people;
            if (people.Count == 0) name = TestSchema.Similar;
            if (books.Count == 0) return new RefreshLink(people[0], TestSchema.Readers, people[0]);
            return new RefreshLink(books[_random.Next(books.Count)], name, targets[_random.Next(targets.Count)]);
        }

        private void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
    }
}
