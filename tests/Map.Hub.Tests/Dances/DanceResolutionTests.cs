using Map.Hub.Spaces;
using Map.V1;
using static Map.Hub.Tests.TestTransaction;

namespace Map.Hub.Tests.Dances;

/// <summary>Which dance a name means, and which code carries it out, saved and staged.</summary>
public sealed class DanceResolutionTests : IDisposable
{
    private readonly TestHub _hub = new();
    private readonly HolonSpaceManager _space;

    public DanceResolutionTests() => _space = _hub.NewLibrary();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_dance_is_found_along_what_the_type_of_the_holon_extends_saved_and_staged()
    {
        var saved = _hub.Begin(_space);
        DanceSteps.Add(saved, "Double", TestSchema.Item, "Copy");
        saved.StageOf(TestSchema.Novel, "Emma");
        saved.Commit();

        var transaction = _hub.Begin(_space);
        Assert.Equal(1UL, Staged(transaction.Dance(transaction.ByKey("Emma"), "Double")));
        DanceSteps.Add(transaction, "Twin", TestSchema.Book, "Copy");
        Assert.Equal(4UL, Staged(transaction.Dance(transaction.ByKey("Emma"), "Twin")));
        Assert.Equal(5UL, Staged(transaction.Dance(transaction.New("Scratch", transaction.ByKey(TestSchema.Novel)), "Twin")));
        // The name of a dance is canonical, as that of a property.
        Assert.Equal(6UL, Staged(transaction.Dance(transaction.ByKey("Emma"), "twin")));

        ulong Staged(DanceResult result)
        {
            Assert.Equal(HolonReference.KindOneofCase.Staged, result.Holon.KindCase);
            return transaction.StagedCount();
        }
    }

    [Fact]
    public void A_dance_that_is_not_afforded_and_one_that_there_is_not_are_told_apart_with_what_is_afforded()
    {
        var transaction = _hub.Begin(_space);
        DanceSteps.Add(transaction, "Double", TestSchema.Book, "Copy");
        var ann = transaction.StageOf(TestSchema.Person, "Ann");
        var notAfforded = Refused(ErrorCode.DanceNotAfforded, transaction, ann, "Double");
        Assert.Equal(("dance", "\"Ann\" does not afford the dance \"Double\". Its type, \"Person.HolonType\", affords Copy, Outline."), (notAfforded.Field, notAfforded.Message));
        Assert.Equal(ann, notAfforded.Reference);
        var unknown = Refused(ErrorCode.UnknownDance, transaction, transaction.StageOf(TestSchema.Book, "Emma"), "Duble");
        Assert.Equal("There is no dance \"Duble\". Its type, \"Book.HolonType\", affords Copy, Double, Outline.", unknown.Message);
        var untyped = Refused(ErrorCode.DanceNotAfforded, transaction, transaction.New("Scratch"), "Copy");
        Assert.Equal("\"Scratch\" does not afford the dance \"Copy\". It has no type, and so affords none.", untyped.Message);

        // A dance that is staged for delete is none, and back with the undo.
        transaction.Delete(transaction.ByKey(DanceSteps.KeyOf("Double")));
        Refused(ErrorCode.UnknownDance, transaction, transaction.ByKey("Emma"), "Double");
        transaction.Undo();
        transaction.Dance(transaction.ByKey("Emma"), "Double");
    }

    [Fact]
    public void A_dance_needs_one_implementation_and_that_the_code_it_names()
    {
        var transaction = _hub.Begin(_space);
        DanceSteps.AddType(transaction, "Double", TestSchema.Book);
        var emma = transaction.StageOf(TestSchema.Book, "Emma");
        Assert.Equal(transaction.ByKey(DanceSteps.KeyOf("Double")), Refused(ErrorCode.ImplementationMissing, transaction, emma, "Double").Reference);

        var code = DanceSteps.Implement(transaction, "Double", "Copy");
        transaction.Dance(emma, "Double");
        var other = DanceSteps.Implement(transaction, "Double", "Copy", "another");
        var ambiguous = Refused(ErrorCode.ImplementationAmbiguous, transaction, emma, "Double");
        Assert.Equal([code, other], ambiguous.Details.Candidates);
        Assert.Contains("\"Double (code)\", \"another\"", ambiguous.Message, StringComparison.Ordinal);
        transaction.Delete(other);
        transaction.Dance(emma, "Double");

        transaction.Set(code, "Entrypoint", Text("Juggle"));
        Assert.Equal("This daemon has no built-in dance \"Juggle\". It has Copy, Outline.", Refused(ErrorCode.BuiltinNotFound, transaction, emma, "Double").Message);
        transaction.Set(code, "Engine", Text("Steam"));
        Assert.Equal((code, "Engine"), Place(Refused(ErrorCode.UnknownVariant, transaction, emma, "Double")));
        transaction.Set(code, "Engine", Text("Guest"));
        Assert.Equal((code, "ModuleRef"), Place(Refused(ErrorCode.MissingRequired, transaction, emma, "Double")));
        transaction.Set(code, "ModuleRef", Text(new string('a', 64)));
        Assert.Equal((code, "AbiId"), Place(Refused(ErrorCode.MissingRequired, transaction, emma, "Double")));
        transaction.Set(code, "AbiId", Text("map:guest/1"));
        // This hub runs no guests.
        Refused(ErrorCode.NotImplemented, transaction, emma, "Double");

        static (HolonReference, string) Place(HolonError error) => (error.Reference, error.Field);
    }

    [Fact]
    public void A_request_is_asked_for_and_must_be_right_where_the_dance_says_so_and_only_there()
    {
        var transaction = _hub.Begin(_space);
        var emma = transaction.StageOf(TestSchema.Book, "Emma");
        var outline = transaction.ByKey("OutlineRequest.HolonType");
        Assert.Equal(
            "The dance \"Outline\" takes a request of type \"OutlineRequest.HolonType\". Give one.",
            Refused(ErrorCode.DanceRequestInvalid, transaction, emma, "Outline").Message);
        RefusedWith("and not one of type \"Book.HolonType\"", "Outline", new() { RequestHolon = emma });
        RefusedWith("and not one without a type", "Outline", new() { RequestHolon = transaction.New("Scratch") });
        RefusedWith("takes no request", "Copy", new() { RequestHolon = emma });
        RefusedWith("takes no request", "Copy", new() { RequestContent = new HolonContent() });
        RefusedWith("\"Depth\" of", "Outline", new() { RequestContent = WithDepth(Text("deep")) });
        RefusedWith("\"Depth\" of", "Outline", new() { RequestContent = WithDepth(Number(6)) });
        RefusedWith("\"Depth\" of", "Outline", new() { RequestHolon = transaction.New(null, outline, ("Depth", Number(-1))) });
        RefusedWith("does not know", "Outline", new() { RequestContent = new HolonContent { Properties = { new Property { Name = "Width", Value = Number(1) } } } });

        var request = transaction.New(null, outline, ("Depth", Number(0)));
        Assert.Equal("\"Emma\", \"Book.HolonType\"\n", transaction.Ok(Command("Outline", new() { RequestHolon = request })).Dance.Value.StringValue);

        void RefusedWith(string message, string dance, ExecuteDanceCommand with)
        {
            var refusal = transaction.Send(Command(dance, with)).Refused(ErrorCode.DanceRequestInvalid);
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
            Assert.Equal("request", refusal.Field);
        }

        MutationCommand Command(string dance, ExecuteDanceCommand with)
        {
            (with.Dance, with.Holon) = (dance, emma);
            return new MutationCommand { ExecuteDance = with };
        }

        static HolonContent WithDepth(BaseValue depth) => new() { Properties = { new Property { Name = "Depth", Value = depth } } };
    }

    private static HolonError Refused(ErrorCode code, TestTransaction transaction, HolonReference holon, string dance) =>
        transaction.Send(DanceCommand(holon, dance)).Refused(code);
}
