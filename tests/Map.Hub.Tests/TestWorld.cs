using Map.Core.Services;
using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests;

/// <summary>A library with saved holons and an open transaction that holds one of each kind, some steps and an undone one.</summary>
internal sealed class TestWorld : IDisposable
{
    public TestWorld(HubOptions? options = null, Func<ISpaceCatalog, ISpaceCatalog>? wrap = null, TimeProvider? time = null)
    {
        Hub = new TestHub(options, wrap, time);
        Space = Hub.NewSpace("library", [TestSchema.Alone]);
        var first = Hub.Begin(Space);
        var ann = first.StageOf(TestSchema.Person, "Ann");
        foreach (var key in (string[])["One", "Two", "Gone"])
        {
            var book = first.StageOf(TestSchema.Book, key, ("Title", Text(key)));
            first.Add(book, TestSchema.Authors, ann);
        }

        var dance = first.StageOf("Type", Dance, ("TypeName", Text(Dance)));
        first.Add(dance, "DanceAffordedBy", first.ByKey(TestSchema.Item));
        var code = first.StageOf("Type", "Twice (code)", ("Engine", Text("Builtin")), ("Entrypoint", Text("Copy")));
        first.Add(code, "ForDance", dance);
        first.Commit();
        Transaction = Hub.Begin(Space);
        Transaction.Mark(Behind);
        Book = Transaction.ByKey(TestSchema.Book);
        Person = Transaction.ByKey("Ann");
        Saved = Transaction.ByKey("One");
        Updated = Transaction.StageVersion(Transaction.ByKey("Two"));
        Deleted = Transaction.StageVersion(Transaction.ByKey("Gone"));
        Transaction.Delete(Deleted);
        Staged = Transaction.Stage("Three", Book, ("Title", Text("Three")));
        Abandoned = Transaction.Stage("Four", Book);
        Transaction.Delete(Abandoned);
        Transient = Transaction.New("Scratch", Book, ("Title", Text("Scratch")));
        Transaction.Set(Staged, "Pages", Number(10));
        Transaction.Mark(Ahead);
        Transaction.Undo();
    }

    /// <summary>The marker at the first step.</summary>
    public const string Behind = "behind";

    /// <summary>The marker at the undone step.</summary>
    public const string Ahead = "ahead";

    /// <summary>A dance that items afford; it stages a copy.</summary>
    public const string Dance = "Twice";

    public TestHub Hub { get; }

    public HolonSpaceManager Space { get; }

    public TestTransaction Transaction { get; }

    /// <summary>The saved type of books.</summary>
    public HolonReference Book { get; }

    /// <summary>Saved; the author of the books One, Two and Gone.</summary>
    public HolonReference Person { get; }

    /// <summary>The saved book One.</summary>
    public HolonReference Saved { get; }

    /// <summary>The book Two, staged for update.</summary>
    public HolonReference Updated { get; }

    /// <summary>The book Gone, staged for delete.</summary>
    public HolonReference Deleted { get; }

    /// <summary>The book Three, staged for create.</summary>
    public HolonReference Staged { get; }

    /// <summary>The book Four, staged for create and abandoned.</summary>
    public HolonReference Abandoned { get; }

    /// <summary>A transient book.</summary>
    public HolonReference Transient { get; }

    public void Dispose() => Hub.Dispose();

    public string Dump() => Transaction.Full(Saved, Updated, Deleted, Staged, Abandoned, Transient);

    /// <summary>The command is refused with a code, and queries and history tell the same before and after.</summary>
    public HolonError RefusedWithoutTrace(ErrorCode code, CommandBody command)
    {
        var before = Dump();
        var response = Transaction.Send(command);
        var after = Dump();
        Assert.True(
            !response.Success && response.Errors[0].Code == code,
            $"{command} should be refused with {code}, but: {response}");
        Assert.Equal(before, after);
        return response.Refused(code);
    }

    public HolonError RefusedWithoutTrace(ErrorCode code, MutationCommand mutation) =>
        RefusedWithoutTrace(code, new CommandBody { Mutation = mutation });

    public HolonError RefusedWithoutTrace(ErrorCode code, QueryCommand query) =>
        RefusedWithoutTrace(code, new CommandBody { Query = query });
}
