using Map.Core.Dancing;
using Map.Core.Editing;
using Map.Core.Errors;
using Map.Core.References;
using Map.Core.Values;
using Map.Fixtures;

namespace Map.Guests.Tests.Sdk;

/// <summary>The sample dances on the sample library.</summary>
public sealed class SampleDanceTests(LibraryWorld world) : IClassFixture<LibraryWorld>
{
    private const long Day = 86_400_000_000;
    private static readonly TimestampValue Today = new(1_775_000_000_000_000);

    private readonly LibraryTransaction _library = new(world);

    [Fact]
    public void Lending_makes_a_loan_that_links_book_and_member()
    {
        var loan = Lend("M-005", "Emma");
        Assert.Equal("L-0009", _library.Editor.View.Resolve(loan).Key);
        Assert.Equal(new TimestampValue(Today.UnixMicros + (28 * Day)), Property(loan, "DueAt"));
        Assert.Equal(["Emma"], Related(loan, "OfBook"));
        Assert.Equal(["M-005"], Related(loan, "LoanTo"));
    }

    [Fact]
    public void A_book_that_is_lent_is_not_lent_again()
    {
        var error = _library.Refused("lending", "lend", "Lend", "M-005", LendRequest("Moby-Dick"));
        Assert.Equal((HolonErrorCode.DanceFailed, "BOOK_IS_LENT"), (error.Code, error.GuestCode));
        Assert.Equal("\"Moby-Dick\" is lent until 2026-04-22T17:00:00.000Z.", error.Message);
    }

    [Fact]
    public void A_book_that_there_is_not_cannot_be_lent() =>
        Assert.Equal("NO_SUCH_BOOK", _library.Refused("lending", "lend", "Lend", "M-005", LendRequest("Emmma")).GuestCode);

    [Fact]
    public void A_book_given_back_counts_as_read_and_can_be_lent_again()
    {
        _library.Dance("lending", "giveBack", "GiveBack", "L-0006", _library.Request(("ReturnedAt", Today)));
        Assert.Equal(Today, Property(_library.Find("L-0006"), "ReturnedAt"));
        Assert.Equal(["Moby-Dick"], Related(_library.Find("M-004"), "HasRead"));
        Assert.Equal(["Moby-Dick"], Related(Lend("M-005", "Moby-Dick"), "OfBook"));
        Assert.Equal("LOAN_IS_OVER", _library.Refused("lending", "giveBack", "GiveBack", "L-0006", _library.Request(("ReturnedAt", Today))).GuestCode);
    }

    [Fact]
    public void A_book_is_not_back_before_it_was_lent() =>
        Assert.Equal("BACK_BEFORE_LENT", _library.Refused("lending", "giveBack", "GiveBack", "L-0006", _library.Request(("ReturnedAt", new TimestampValue(0)))).GuestCode);

    [Fact]
    public void The_validator_knows_loans_of_the_same_book()
    {
        var loan = Lend("M-005", "Emma");
        Assert.Empty(_library.Validate("lending", "loanRules", loan));
        var other = _library.Editor.StageNewHolon(HolonContent.Empty with { Descriptor = _library.Find("Loan.HolonType") });
        _library.Editor.WithPropertyValues(other, [new("LoanNumber", new StringValue("L-0100"))]);
        _library.Editor.AddRelated(other, "OfBook", [_library.Find("Emma")]);
        Assert.Equal([new GuestFinding("OfBook", "\"Emma\" is lent already, as L-0009. Wait until it is back.")], _library.Validate("lending", "loanRules", other));
    }

    [Fact]
    public void The_validator_counts_the_books_of_a_member()
    {
        Lend("M-005", "Emma");
        Lend("M-005", "Persuasion");
        Assert.Empty(_library.Validate("lending", "loanRules", Lend("M-005", "Kokoro")));
        Assert.Equal(
            [new GuestFinding(null, "Eve Imaginary would have 4 books; 3 are allowed. Take one back before.")],
            _library.Validate("lending", "loanRules", Lend("M-005", "Botchan")));
    }

    [Theory]
    [InlineData("Sea")]
    [InlineData("Human Life")]
    public void The_profile_counts_what_a_client_would_count(string subject)
    {
        var response = (DanceValue)_library.Dance("profile", "profile", "Profile", subject)!;
        var subjects = WithParts(subject).ToList();
        var books = subjects.SelectMany(each => Related(_library.Find(each), "SubjectOf")).Distinct().ToList();
        var authors = books.SelectMany(book => Members(_library.Find(book), "AuthoredBy")).Select(author => Text(author, "Name"));
        var lines = ((ArrayValue)response.Value).Items.Select(item => ((StringValue)item).Value).ToList();
        Assert.Equal(6, lines.Count);
        Assert.Equal([$"Subjects: {subjects.Count}", $"Books: {books.Count}"], lines[..2]);
        Assert.Equal($"Languages: {Top(books.Select(book => Text(_library.Find(book), "Language")))}", lines[2]);
        Assert.Equal($"Forms: {Top(books.Select(book => Text(_library.Find(book), "Form")))}", lines[3]);
        Assert.Equal($"Authors: {Top(authors)}", lines[5]);
        Assert.True(books.Count > 5);
    }

    [Fact]
    public void Every_function_does_what_the_self_test_expects()
    {
        var answer = _library.Dance("every-function", "selfTest", "SelfTest", "M-001", LendRequest("A Test of Books"));
        Assert.Equal(new DanceValue(new ArrayValue([])), answer);
        Assert.Equal("AS_ASKED", _library.Refused("every-function", "selfTest", "SelfTest", "M-001", LendRequest("fail")).GuestCode);
    }

    /// <summary>A module of each version of the interface that was released, as it was built then.</summary>
    [Theory]
    [InlineData("guests-abi-1")]
    public void A_module_of_each_released_interface_runs(string fixture)
    {
        var module = Path.Combine(RepositoryFiles.Root, "tests", "fixtures", fixture, "every-function.wasm");
        Assert.Equal(new DanceValue(new ArrayValue([])), _library.Dance(module, "selfTest", "SelfTest", "M-001", LendRequest("A Test of Books")));
    }

    [ClangFact]
    public void A_dance_in_c_runs()
    {
        using var built = new InitialsInC();
        Assert.Equal(new DanceValue(new StringValue("J.A.")), _library.Dance(built.Module, "initials", "Initials", "Austen, Jane"));
        Assert.Equal(new DanceValue(new StringValue("É.Z.")), _library.Dance(built.Module, "initials", "Initials", "Zola, Émile"));
        Assert.Equal("NO_NAME", _library.Refused(built.Module, "initials", "Initials", "Emma").GuestCode);
    }

    [Theory]
    [InlineData("stumble", HolonErrorCode.DanceTrapped)]
    [InlineData("spin", HolonErrorCode.OutOfFuel)]
    [InlineData("hoard", HolonErrorCode.MemoryLimit)]
    [InlineData("descend", HolonErrorCode.DanceTrapped)]
    [InlineData("overreach", HolonErrorCode.CapabilityDenied)]
    [InlineData("decline", HolonErrorCode.DanceFailed)]
    [InlineData("misspell", HolonErrorCode.DanceTrapped)]
    public void What_fails_says_how_and_leaves_no_trace(string entrypoint, HolonErrorCode code) =>
        Assert.Equal(code, _library.Refused("faulty", entrypoint, entrypoint, "Emma").Code);

    [Fact]
    public void A_guest_that_gives_up_says_why_and_where()
    {
        var error = _library.Refused("faulty", "stumble", "Stumble", "Emma");
        Assert.Matches(@"gave up: Index out of range \(~lib/array\.ts:\d+:\d+\)$", error.Message);
        Assert.Equal("ABORT", error.GuestCode);
        Assert.Contains(error.Backtrace!, frame => frame.Contains("faulty/stumble", StringComparison.Ordinal));
    }

    [Fact]
    public void A_guest_that_is_refused_says_what_the_daemon_said()
    {
        var error = _library.Refused("faulty", "misspell", "Misspell", "Emma");
        Assert.Matches("gave up: Setting the property \"Title\": .*saved.*", error.Message);
    }

    [Fact]
    public void A_guest_that_gives_up_with_many_words_is_cut_short()
    {
        var error = _library.Refused("faulty", "ramble", "Ramble", "Emma");
        Assert.Matches(@"gave up: (🜁 and so on, ){80,}.*\.\.\. \(faulty\.ts:\d+:\d+\)$", error.Message);
    }

    private HolonReference Lend(string member, string title) =>
        ((DanceHolon)_library.Dance("lending", "lend", "Lend", member, LendRequest(title))!).Holon;

    private HolonReference LendRequest(string title) => _library.Request(("Title", new StringValue(title)), ("LentAt", Today));

    private IEnumerable<string> WithParts(string subject) => Related(_library.Find(subject), "NarrowerSubject").SelectMany(WithParts).Prepend(subject);

    private BaseValue? Property(HolonReference holon, string name) => _library.Editor.View.Resolve(holon).Properties[name];

    private string Text(HolonReference holon, string name) => Property(holon, name) switch
    {
        StringValue text => text.Value,
        EnumValue variant => variant.Variant,
        _ => "unknown",
    };

    private List<string> Related(HolonReference holon, string name) =>
        [.. Members(holon, name).Select(member => _library.Editor.View.Resolve(member).Key!)];

    private IEnumerable<HolonReference> Members(HolonReference holon, string name) =>
        _library.Editor.View.Related(holon, name, null, 1_000).Members.Select(member => member.Reference);

    private static string Top(IEnumerable<string> names) =>
        string.Join(", ", names.GroupBy(name => name).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(5).Select(group => $"{group.Key} {group.Count()}"));
}
