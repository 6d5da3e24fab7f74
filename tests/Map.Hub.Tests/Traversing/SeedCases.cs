using static Map.V1.Comparison;

namespace Map.Hub.Tests.Traversing;

/// <summary>Where queries begin.</summary>
internal static class SeedCases
{
    private const string Anthology = Annex.Anthology;

    public static readonly LibraryCase[] All =
    [
        new("a type in order of creation", Ask.Type("Member"),
            "M-001 | M-002 | M-003 | M-004 | M-005 | M-006",
            edited: "M-001 | M-002 | M-003 | M-004 | M-005"),
        new("a type by its whole key", Ask.Type("Loan.HolonType", prefix: "L-000").Where("ReturnedAt", Exists),
            "L-0001 | L-0005 | L-0003 | L-0007",
            edited: "L-0001 | L-0005 | L-0003"),
        new("a type with those that extend it", Ask.Type("Book", prefix: "E"),
            "Emma | Ethan Frome | Essays | Effi Briest | Eugene Onegin | Either/Or | Ethics | Essays (Florio) | English Ghosts",
            edited: "Emma | Ethan Frome | Essays | Effi Briest | Eugene Onegin | Either/Or | Ethics | Essays (Florio) | English Ghosts | "
                + "Emma Returns"),
        new("a type without those that extend it", Ask.Type("Book", prefix: "E", exact: true),
            "Emma | Ethan Frome | Essays | Effi Briest | Eugene Onegin | Either/Or | Ethics | Essays (Florio)",
            edited: "Emma | Ethan Frome | Essays | Effi Briest | Eugene Onegin | Either/Or | Ethics | Essays (Florio) | Emma Returns"),
        new("a type that extends another", Ask.Type(Anthology),
            "English Ghosts",
            edited: "English Ghosts | New Ghosts"),
        new("a type far above, by prefix", Ask.Type("HolonType.TypeDescriptor", prefix: "London"),
            "London, Jack | London, United Kingdom"),
        new("a type that has no instances of its own", Ask.Type("HolonType.TypeDescriptor", prefix: "London", exact: true),
            ""),
        new("all, by prefix, from several types", Ask.All("Em"),
            "Emma",
            edited: "Emma | Emma Returns"),
        new("a prefix that no key has", Ask.Type("Book", prefix: "Zebra"),
            ""),
        new("a prefix beyond ASCII", Ask.Type("Publisher", prefix: "É"),
            "Éditions Grasset | Éditions Gallimard"),
        new("a key", Ask.Key("Emma"),
            "Emma"),
        new("a key of a type", Ask.Key("Emma", "Book.HolonType").Select("Form", "PublicationYear", "Note"),
            "Emma {Form=Novel, Note=Came out in December 1815 with 1816 on the title page.}"),
        new("a reference", Ask.Reference("Jane Eyre").Select("PublicationYear"),
            "Jane Eyre {PublicationYear=1847}",
            edited: "Jane Eyre {PublicationYear=1846}"),
        new("an id", Ask.Id("Jane Eyre").Select("PublicationYear"),
            "Jane Eyre {PublicationYear=1847}",
            edited: "Jane Eyre {PublicationYear=1846}"),
        new("several seeds, of which two give the same", Ask.Key("Persuasion").And(Ask.Key("Emma")).And(Ask.Type("Book", prefix: "Emma")),
            "Emma | Emma | Persuasion",
            edited: "Emma | Emma | Persuasion | Emma Returns"),
        new("several seeds, each holon once", Ask.Key("Persuasion").And(Ask.Key("Emma")).And(Ask.Type("Book", prefix: "Emma")).Once(),
            "Emma | Persuasion",
            edited: "Emma | Persuasion | Emma Returns"),
        new("seeds of different types", Ask.Key("Kokoro").And(Ask.Key("M-003")).And(Ask.Key("Natsume Sōseki")),
            "Kokoro | M-003 | Natsume Sōseki"),
        new("holons without a key among them", Ask.Type("Person").Where("Name", OneOf, "Anonymous", "Nobody", "Jane Austen").Select("Name"),
            "Austen, Jane {Name=Jane Austen} | - {Name=Anonymous}",
            edited: "Austen, Jane {Name=Jane Austen} | - {Name=Anonymous} | - {Name=Nobody}"),
    ];
}
