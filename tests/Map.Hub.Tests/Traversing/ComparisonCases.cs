using static Map.V1.Comparison;

namespace Map.Hub.Tests.Traversing;

/// <summary>What conditions keep.</summary>
internal static class ComparisonCases
{
    private const string Anthology = Annex.Anthology;

    public static readonly LibraryCase[] All =
    [
        new("text equals", Ask.Type("Person").Where("FamilyName", Equal, "Brontë"),
            "Brontë, Charlotte | Brontë, Emily | Brontë, Anne"),
        new("text equals nothing that is there", Ask.Type("Person").Where("FamilyName", Equal, "bronte"),
            ""),
        new("text does not equal, and is there", Ask.Type("Person", prefix: "S").Where("FamilyName", NotEqual, "Smith").Select("FamilyName"),
            "Shelley, Mary {FamilyName=Shelley} | Stoker, Bram {FamilyName=Stoker} | Stevenson, Robert Louis {FamilyName=Stevenson} | "
                + "Swift, Jonathan {FamilyName=Swift} | Sterne, Laurence {FamilyName=Sterne} | Scott, Walter {FamilyName=Scott} | "
                + "Shakespeare, William {FamilyName=Shakespeare} | Shelton, Thomas {FamilyName=Shelton} | "
                + "Scott Moncrieff, C. K. {FamilyName=Scott Moncrieff} | Stowe, Harriet Beecher {FamilyName=Stowe} | "
                + "Steinbeck, John {FamilyName=Steinbeck} | Sand, George {FamilyName=Sand} | "
                + "Saint-Exupéry, Antoine de {FamilyName=Saint-Exupéry} | Schiller, Friedrich {FamilyName=Schiller} | "
                + "Strindberg, August {FamilyName=Strindberg} | Sienkiewicz, Henryk {FamilyName=Sienkiewicz} | "
                + "Spinoza, Baruch {FamilyName=Spinoza}"),
        new("text is less", Ask.Type("Book").Where("OriginalTitle", Less, "Com"),
            "Five Weeks in a Balloon | Thus Spoke Zarathustra | The Aeneid"),
        new("text is at least, by its bytes", Ask.Type("Publisher").Where("Name", AtLeast, "William T"),
            "William Taylor | Éditions Grasset | Éditions Gallimard"),
        new("text starts with", Ask.Type("Book").Where("Title", StartsWith, "The Adventures of"),
            "The Adventures of Sherlock Holmes | The Adventures of Tom Sawyer | The Adventures of Pinocchio"),
        new("text starts with a letter beyond ASCII", Ask.Type("Book").Where("OriginalTitle", StartsWith, "В"),
            "War and Peace | Resurrection | The Cherry Orchard"),
        new("text contains", Ask.Type("Book").Where("Note", Contains, "1818"),
            "Northanger Abbey | Persuasion"),
        new("text is one of several", Ask.Type("Subject").Where("Name", OneOf, "Robots", "Automata", "Sea", "Nothing"),
            "Sea | Robots",
            edited: "Sea | Automata"),
        new("a number equals", Ask.Type("Book").Where("PublicationYear", Equal, 1847),
            "Jane Eyre | Wuthering Heights | Agnes Grey",
            edited: ""),
        new("a number does not equal, and is there", Ask.Type("Book", prefix: "Emma").Where("PublicationYear", NotEqual, 1900),
            "",
            edited: "Emma Returns"),
        new("a number is less", Ask.Type("Person").Where("BirthYear", Less, 0).Select("BirthYear"),
            "Virgil {BirthYear=-70} | Ovid {BirthYear=-43}"),
        new("a number is at most", Ask.Type("Book").Where("PublicationYear", AtMost, 1516),
            "Utopia | In Praise of Folly"),
        new("a number is greater", Ask.Type("Book").Where("PublicationYear", Greater, 1952),
            "Doctor Zhivago | The Leopard"),
        new("a number is at least", Ask.Type("Book").Where("PublicationYear", AtLeast, 1952),
            "The Old Man and the Sea | Doctor Zhivago | The Leopard"),
        new("a number lies between two", Ask.Type("Book").Where("PublicationYear", AtLeast, 1845).Where("PublicationYear", Less, 1848),
            "Jane Eyre | Wuthering Heights | Agnes Grey | Twenty Years After | The Count of Monte Cristo",
            edited: "Jane Eyre | Twenty Years After | The Count of Monte Cristo"),
        new("a double is compared with a whole number", Ask.Type("Place").Where("Longitude", Equal, 0),
            "Bromley, United Kingdom"),
        new("a double is less", Ask.Type("Place").Where("Latitude", Less, 20).Select("Latitude"),
            "Mumbai, India {Latitude=19.1} | Rio de Janeiro, Brazil {Latitude=-22.9}"),
        new("a variant equals", Ask.Type("Book").Where("Form", Equal, "Stories").Where("Language", Equal, "English"),
            "The Adventures of Sherlock Holmes | The Jungle Book | The Second Jungle Book | Dubliners"),
        new("a variant is one of several", Ask.Type("Book").Where("Language", OneOf, "Danish", "Swedish", "Polish"),
            "Fairy Tales Told for Children | Either/Or | Fear and Trembling | The Red Room | Miss Julie | The Wonderful Adventures of Nils | "
                + "Quo Vadis | Pan Tadeusz"),
        new("a variant does not equal, and is there", Ask.Type("Book", prefix: "A D").Where("Language", NotEqual, "English"),
            ""),
        new("what is true", Ask.Type("Person").Where("IsPenName", Equal, true).Where("BirthYear", Greater, 1850),
            "Conrad, Joseph | Orwell, George | Hamsun, Knut | Natsume Sōseki | Lu Xun",
            edited: "Conrad, Joseph | Orwell, George | Hamsun, Knut | Natsume Sōseki | Lu Xun | Newcomb, Nora"),
        new("what is false", Ask.Type("Person", prefix: "Brontë").Where("IsPenName", Equal, false),
            "Brontë, Charlotte | Brontë, Emily | Brontë, Anne"),
        new("a moment is less", Ask.Type("Loan").Where("LentAt", Less, "2026-02-02T12:05:00Z"),
            "L-0003"),
        new("a moment is at most, in another zone", Ask.Type("Loan").Where("LentAt", AtMost, At("2026-02-02T13:05:00+01:00")),
            "L-0003 | L-0007",
            edited: "L-0003"),
        new("a moment equals", Ask.Type("Member").Where("JoinedAt", Equal, "2024-02-14T13:00:00Z"),
            "M-002"),
        new("bytes equal", Ask.Type(Anthology).Where("Stamp", Equal, "AQI=").Select("Stamp"),
            "English Ghosts {Stamp=0102}"),
        new("bytes are greater", Ask.Type(Anthology).Where("Stamp", Greater, new byte[] { 1, 2 }).Select("Stamp"),
            "",
            edited: "New Ghosts {Stamp=0103}"),
        new("a list contains", Ask.Type("Person").Where("OtherNames", Contains, "鲁迅").Select("OtherNames"),
            "Lu Xun {OtherNames=[Zhou Shuren, 鲁迅]}"),
        new("a list does not contain part of an item", Ask.Type("Person").Where("OtherNames", Contains, "Currer"),
            ""),
        new("there is a value", Ask.Type("Book", prefix: "Wu").Where("PublicationYear", Exists),
            "Wuthering Heights",
            edited: ""),
        new("there is none", Ask.Type("Loan").Where(If.Not(If.Is("ReturnedAt", Exists))),
            "L-0002 | L-0006 | L-0004 | L-0008",
            edited: "L-0002 | L-0006 | L-0004"),
        new("the key", Ask.Type("Subject").Where("Key", StartsWith, "Re"),
            "Revolution | Religion"),
        new("a property of a subtype alone", Ask.Type("Book").Where("Editor", Exists).Select("Editor", "Title"),
            "English Ghosts {Editor=Ada, Title=English Ghosts}",
            edited: "English Ghosts {Editor=Ada, Title=English Ghosts} | New Ghosts {Editor=Bea, Title=New Ghosts}"),
        new("whatever a type allows: text", Ask.Type("Leaflet").Where("Colour", Equal, "red"),
            "Leaflet A",
            edited: "Leaflet A | Leaflet D"),
        new("whatever a type allows: numbers of both kinds", Ask.Type("Leaflet").Where("Size", AtLeast, 3).Select("Size"),
            "Leaflet A {Size=3} | Leaflet B {Size=3.5}"),
        new("whatever a type allows: a name that nobody has", Ask.Type("Leaflet").Where("Weight", Exists),
            ""),
        new("all of several",
            Ask.Type("Book")
                .Where(If.All(If.Is("Form", Equal, "Play"), If.Is("Language", Equal, "German"), If.Is("PublicationYear", AtLeast, 1800))),
            "Faust, Part One | Faust, Part Two | William Tell"),
        new("one of several",
            Ask.Type("Person").Where(If.Any(If.Is("BirthYear", Equal, 1564), If.Is("DeathYear", Equal, 1616), If.Is("BirthYear", Equal, 1990))),
            "Shakespeare, William | Marlowe, Christopher | Galilei, Galileo | Cervantes, Miguel de",
            edited: "Shakespeare, William | Marlowe, Christopher | Galilei, Galileo | Cervantes, Miguel de | Newcomb, Nora"),
        new("not one of several, so that values may be absent",
            Ask.Type("Book", prefix: "T").Where("Form", Equal, "Novella")
                .Where(If.Not(If.Any(If.Is("PublicationYear", Less, 1900), If.Is("Language", Equal, "English")))),
            "The Little Prince | The Metamorphosis | The Royal Game"),
        new("not: also of those without a value", Ask.Type("Book", prefix: "N").Where(If.Not(If.Is("PublicationYear", Greater, 1817))),
            "Northanger Abbey | Novum Organum",
            edited: "Northanger Abbey | Novum Organum | New Ghosts"),
        new("conditions within conditions",
            Ask.Type("Book").Where(If.All(
                If.Is("Form", Equal, "Poetry"),
                If.Any(
                    If.Is("Language", Equal, "Latin"),
                    If.Not(If.Is("Language", Exists)),
                    If.All(If.Is("PublicationYear", Less, 1700), If.Not(If.Is("PublicationYear", Less, 1650)))))),
            "Paradise Lost | The Aeneid | Metamorphoses | The Aeneid (Dryden)"),
        new("of a type", Ask.All("English ").Where(If.IsA(Anthology)),
            "English Ghosts"),
        new("of a type or one that extends it",
            Ask.All("Em").And(Ask.All("English ")).And(Ask.Type("Member")).Where(If.All(If.IsA("Book"), If.Is("Form", Equal, "Novel"))),
            "Emma",
            edited: "Emma | Emma Returns"),
        new("not of a type", Ask.Key("English Ghosts").And(Ask.Key("Emma")).Where(If.Not(If.IsA(Anthology))),
            "Emma"),
    ];

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
}
