using Map.Core.Identity;
using Map.Fixtures;
using Map.Hub.Binding;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Traversing;

/// <summary>The sample library with the annex: as it is saved, with edits on top of it, and with these edits saved.</summary>
public sealed class LibraryWorld : IDisposable
{
    private HookedCatalog _catalog = null!;
    private HashSet<LocalId>? _descriptors;

    /// <summary>As it is saved, with edits on top of it, and with these edits saved.</summary>
    internal static readonly string[] States = ["saved", "edited", "committed"];

    public LibraryWorld()
    {
        Hub = new TestHub(wrap: inner => _catalog = new HookedCatalog(inner));
        var space = NewSpace("library");
        Saved = Hub.Begin(space);
        Edited = Hub.Begin(space);
        Edit(Edited);
        var after = NewSpace("afterwards");
        var edits = Hub.Begin(after);
        Edit(edits);
        edits.Commit();
        Committed = Hub.Begin(after);
    }

    internal TestHub Hub { get; }

    /// <summary>Tells of reads of saved holons.</summary>
    internal HookedCatalog Reads => _catalog;

    /// <summary>A transaction that stages nothing.</summary>
    internal TestTransaction Saved { get; }

    /// <summary>A transaction in which part of the library is staged, updated and staged for delete.</summary>
    internal TestTransaction Edited { get; }

    /// <summary>A transaction that stages nothing, after a commit of these edits.</summary>
    internal TestTransaction Committed { get; }

    /// <summary>The holons that describe others.</summary>
    internal IReadOnlySet<LocalId> Descriptors => _descriptors ??= [.. ((TestTransaction[])[Saved, Committed]).SelectMany(DescriptorsIn)];

    public void Dispose() => Hub.Dispose();

    internal TestTransaction In(string state) => state == States[0] ? Saved : state == States[1] ? Edited : Committed;

    private HolonSpaceManager NewSpace(string name)
    {
        var space = Hub.NewSpace(name);
        var transaction = Hub.Begin(space);
        transaction.Load([.. TestHub.Files(RepositoryFiles.Library), Annex.Types, Annex.Holons]);
        transaction.Commit();
        return space;
    }

    private static IEnumerable<LocalId> DescriptorsIn(TestTransaction transaction)
    {
        var all = new TraverseQuery { Seeds = { new TraverseSeed { List = new ListSeed() } }, Select = { "TypeName" } };
        return transaction.Rows(all, 1_000).Where(row => row.Properties.Count > 0)
            .Select(row => WireReader.ToHolonId(row.Reference.Smart.HolonId, "").Local);
    }

    /// <summary>The edits. What they leave can be committed.</summary>
    private static void Edit(TestTransaction transaction)
    {
        Add(transaction);
        Change(transaction);
        Remove(transaction);
        LeaveOut(transaction);
    }

    private static void Add(TestTransaction transaction)
    {
        var (book, person) = (transaction.ByKey("Book.HolonType"), transaction.ByKey("Person.HolonType"));
        var nora = transaction.Stage(
            "Newcomb, Nora", person, ("Name", Text("Nora Newcomb")), ("BirthYear", Number(1990)), ("IsPenName", If.Value(true)));
        var returns = transaction.Stage(
            "Emma Returns", book, ("Title", Text("Emma Returns")), ("Form", Text("Novel")), ("PublicationYear", Number(1851)),
            ("Language", Text("English")));
        transaction.Add(returns, "AuthoredBy", transaction.ByKey("Austen, Jane"), nora);
        transaction.Add(returns, "Continues", transaction.ByKey("Emma"));
        transaction.Add(returns, "AboutSubject", transaction.ByKey("Marriage"));
        var ghosts = transaction.Stage(
            "New Ghosts", transaction.ByKey(Annex.Anthology), ("Title", Text("New Ghosts")), ("Form", Text("Stories")),
            ("Editor", Text("Bea")), ("Stamp", If.Value(new byte[] { 1, 3 })));
        transaction.Add(ghosts, "AuthoredBy", nora);
        transaction.Add(ghosts, "Collects", returns, transaction.ByKey("A Christmas Carol"));
        var nobody = transaction.Stage(null, person, ("Name", Text("Nobody")), ("BirthYear", Number(1847)), ("IsPenName", If.Value(false)));
        transaction.Add(nobody, "BornIn", transaction.ByKey("Thornton, United Kingdom"));
        var leaflet = transaction.Stage("Leaflet D", transaction.ByKey(Annex.Leaflet), ("Colour", Text("red")));
        transaction.Add(leaflet, "Mentions", transaction.ByKey("Leaflet A"), transaction.ByKey("Emma"));
    }

    private static void Change(TestTransaction transaction)
    {
        Version(transaction, "Jane Eyre", out var eyre);
        transaction.Set(eyre, "PublicationYear", Number(1846));
        Version(transaction, "Northanger Abbey", out var abbey);
        transaction.Set(abbey, "PublicationYear", Number(1817));
        Version(transaction, "Wuthering Heights", out var heights);
        transaction.Remove(heights, "PublicationYear");
        Version(transaction, "Robots", out var robots);
        transaction.Set(robots, "Name", Text("Automata"));
        transaction.Set(robots, "Key", Text("Automata"));
        Version(transaction, "Villette", out var villette);
        transaction.RemoveRelated(villette, "AuthoredBy", transaction.ByKey("Brontë, Charlotte"));
        transaction.Add(villette, "AuthoredBy", transaction.ByKey("Newcomb, Nora"));
        // A circle of two, and one of one.
        Version(transaction, "The Jungle Book", out var jungle);
        transaction.Add(jungle, "Continues", transaction.ByKey("The Second Jungle Book"));
        Version(transaction, "The Warden", out var warden);
        transaction.Add(warden, "Continues", warden);
        Version(transaction, "M-003", out var clara);
        transaction.Add(clara, "HasRead", transaction.ByKey("Botchan"));
    }

    private static void Remove(TestTransaction transaction)
    {
        // The loans go, too.
        transaction.Delete(transaction.ByKey("M-006"));
        transaction.Delete(transaction.ByKey("Agnes Grey"));
        transaction.Delete(transaction.ByKey("Dystopias"));
        Version(transaction, "M-001", out var ada);
        var remove = RemoveCommand(ada, "HasRead", transaction.ByKey("Persuasion"));
        remove.RemoveRelatedHolons.Occurrence = 0;
        transaction.Ok(remove);
    }

    /// <summary>What is not in view: abandoned drafts, and a transient holon.</summary>
    private static void LeaveOut(TestTransaction transaction)
    {
        var (book, austen) = (transaction.ByKey("Book.HolonType"), transaction.ByKey("Austen, Jane"));
        var phantom = transaction.Stage("Phantom", book, ("Title", Text("Phantom")), ("Form", Text("Novel")), ("PublicationYear", Number(1813)));
        transaction.Add(phantom, "AuthoredBy", austen);
        transaction.Abandon(phantom);
        Version(transaction, "Persuasion", out var persuasion);
        transaction.Set(persuasion, "Form", Text("Play"));
        transaction.RemoveRelated(persuasion, "AuthoredBy", austen);
        transaction.Abandon(persuasion);
        var scratch = transaction.New("Scratch", book, ("Title", Text("Scratch")), ("PublicationYear", Number(1813)));
        transaction.Add(scratch, "AuthoredBy", austen);
    }

    private static void Version(TestTransaction transaction, string key, out HolonReference version) =>
        version = transaction.StageVersion(transaction.ByKey(key));
}
