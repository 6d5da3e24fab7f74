using static Map.V1.Comparison;

namespace Map.Hub.Tests.Traversing;

/// <summary>In what order rows stand, how many there are, and what they tell.</summary>
internal static class OrderCases
{
    private const string Anthology = Annex.Anthology;

    public static readonly LibraryCase[] All =
    [
        new("by a number, and those without one last", Ask.Key("Austen, Jane").Follow("AuthorOf").By("PublicationYear"),
            "Sense and Sensibility | Pride and Prejudice | Mansfield Park | Emma | Northanger Abbey | Persuasion",
            edited: "Sense and Sensibility | Pride and Prejudice | Mansfield Park | Northanger Abbey | Emma Returns | Emma | Persuasion"),
        new("the other way round, and those without one last again",
            Ask.Key("Austen, Jane").Follow("AuthorOf").Down("PublicationYear").Select("PublicationYear"),
            "Mansfield Park {PublicationYear=1814} | Pride and Prejudice {PublicationYear=1813} | "
                + "Sense and Sensibility {PublicationYear=1811} | Emma | Northanger Abbey | Persuasion",
            edited: "Emma Returns {PublicationYear=1851} | Northanger Abbey {PublicationYear=1817} | Mansfield Park {PublicationYear=1814} | "
                + "Pride and Prejudice {PublicationYear=1813} | Sense and Sensibility {PublicationYear=1811} | Emma | Persuasion"),
        new("what is equal in order of creation",
            Ask.Type("Book").Where("PublicationYear", AtLeast, 1846).Where("PublicationYear", AtMost, 1847).By("PublicationYear"),
            "The Count of Monte Cristo | Jane Eyre | Wuthering Heights | Agnes Grey",
            edited: "Jane Eyre | The Count of Monte Cristo"),
        new("what is equal in order of creation, also the other way round",
            Ask.Type("Book").Where("PublicationYear", AtLeast, 1846).Where("PublicationYear", AtMost, 1847).Down("PublicationYear"),
            "Jane Eyre | Wuthering Heights | Agnes Grey | The Count of Monte Cristo",
            edited: "Jane Eyre | The Count of Monte Cristo"),
        new("by text, by its bytes",
            Ask.Type("Publisher", prefix: "É").And(Ask.Key("Viking Press")).And(Ask.Key("Zola, Émile")).And(Ask.Key("Gyldendal")).By("Name"),
            "Gyldendal | Viking Press | Éditions Gallimard | Éditions Grasset | Zola, Émile"),
        new("by a double", Ask.Type("Place").Where("Latitude", Less, 29).By("Latitude"),
            "Rio de Janeiro, Brazil | Mumbai, India | Kolkata, India | Motihari, India | Las Palmas, Spain"),
        new("by variant", Ask.Key("Orwell, George").Follow("AuthorOf").By("Form").By("PublicationYear").Select("Form"),
            "Down and Out in Paris and London {Form=Nonfiction} | The Road to Wigan Pier {Form=Nonfiction} | "
                + "Homage to Catalonia {Form=Nonfiction} | Burmese Days {Form=Novel} | Nineteen Eighty-Four {Form=Novel} | "
                + "Animal Farm {Form=Novella}"),
        new("by two, one the other way round", Ask.Key("Orwell, George").Follow("AuthorOf").Down("Form").By("Title").Select("Form"),
            "Animal Farm {Form=Novella} | Burmese Days {Form=Novel} | Nineteen Eighty-Four {Form=Novel} | "
                + "Down and Out in Paris and London {Form=Nonfiction} | Homage to Catalonia {Form=Nonfiction} | "
                + "The Road to Wigan Pier {Form=Nonfiction}"),
        new("what is false first",
            Ask.Key("Thornton, United Kingdom").And(Ask.Key("Edinburgh, United Kingdom")).Follow("BirthplaceOf")
                .And(Ask.Key("Dublin, Ireland")).By("IsPenName").Down("BirthYear"),
            "Joyce, James | Doyle, Arthur Conan | Grahame, Kenneth | Wilde, Oscar | Stevenson, Robert Louis | Stoker, Bram | Brontë, Anne | "
                + "Brontë, Emily | Brontë, Charlotte | Scott, Walter | Hume, David | Swift, Jonathan",
            edited: "Joyce, James | Doyle, Arthur Conan | Grahame, Kenneth | Wilde, Oscar | Stevenson, Robert Louis | Stoker, Bram | - | "
                + "Brontë, Anne | Brontë, Emily | Brontë, Charlotte | Scott, Walter | Hume, David | Swift, Jonathan"),
        new("what is true first",
            Ask.Key("Eliot, George").And(Ask.Key("Orwell, George")).And(Ask.Key("Austen, Jane")).Down("IsPenName").Select("IsPenName"),
            "Eliot, George {IsPenName=true} | Orwell, George {IsPenName=true} | Austen, Jane {IsPenName=false}"),
        new("by moments", Ask.Type("Loan").By("LentAt").Select("LentAt"),
            "L-0003 {LentAt=2026-01-19T12:40:00} | L-0007 {LentAt=2026-02-02T12:05:00} | L-0005 {LentAt=2026-02-11T11:20:00} | "
                + "L-0001 {LentAt=2026-03-02T10:15:00} | L-0002 {LentAt=2026-03-20T16:05:00} | L-0006 {LentAt=2026-03-25T09:00:00} | "
                + "L-0004 {LentAt=2026-03-27T14:30:00} | L-0008 {LentAt=2026-03-30T10:10:00}",
            edited: "L-0003 {LentAt=2026-01-19T12:40:00} | L-0005 {LentAt=2026-02-11T11:20:00} | L-0001 {LentAt=2026-03-02T10:15:00} | "
                + "L-0002 {LentAt=2026-03-20T16:05:00} | L-0006 {LentAt=2026-03-25T09:00:00} | L-0004 {LentAt=2026-03-27T14:30:00}"),
        new("by moments that are mostly absent", Ask.Type("Loan").Down("ReturnedAt"),
            "L-0001 | L-0005 | L-0007 | L-0003 | L-0002 | L-0006 | L-0004 | L-0008",
            edited: "L-0001 | L-0005 | L-0003 | L-0002 | L-0006 | L-0004"),
        new("by bytes", Ask.Type(Anthology).Down("Stamp"),
            "English Ghosts",
            edited: "New Ghosts | English Ghosts"),
        new("by key, and those without one last", Ask.Type("Leaflet").Down("Key"),
            "Leaflet C | Leaflet B | Leaflet A | -",
            edited: "Leaflet D | Leaflet C | Leaflet B | Leaflet A | -"),
        new("a holon as often as there are ways to it, side by side", Ask.Type("Member").Follow("HasRead").By("Title"),
            "Alice's Adventures in Wonderland | Botchan | Candide | Candide | Don Quixote | Emma | Middlemarch | Persuasion | Persuasion | "
                + "Through the Looking-Glass | Walden",
            edited: "Alice's Adventures in Wonderland | Botchan | Botchan | Candide | Candide | Don Quixote | Emma | Middlemarch | "
                + "Persuasion | Through the Looking-Glass"),
        new("limited", Ask.Type("Book").By("PublicationYear").Limit(4),
            "In Praise of Folly | Utopia | The Prince | On the Revolutions of the Heavenly Spheres"),
        new("limited from the other end", Ask.Type("Book").Down("PublicationYear").Limit(4).Select("PublicationYear"),
            "The Leopard {PublicationYear=1958} | Doctor Zhivago {PublicationYear=1957} | The Old Man and the Sea {PublicationYear=1952} | "
                + "Nineteen Eighty-Four {PublicationYear=1949}"),
        new("limited among equals", Ask.Type("Book").Where("PublicationYear", Equal, 1847).Limit(2),
            "Jane Eyre | Wuthering Heights",
            edited: ""),
        new("limited among ways to one holon", Ask.Key("M-001").Follow("HasRead").Limit(3),
            "Emma | Persuasion | Persuasion",
            edited: "Emma | Persuasion | Middlemarch"),
        new("a limit beyond what there is", Ask.Type("Member").Limit(1000),
            "M-001 | M-002 | M-003 | M-004 | M-005 | M-006",
            edited: "M-001 | M-002 | M-003 | M-004 | M-005"),
        new("limited to one", Ask.Type("Subject").By("Name").Limit(1),
            "Adultery"),
        new("selected in the order asked for", Ask.Key("Orwell, George").Select("DeathYear", "OtherNames", "BirthYear", "IsPenName", "Name"),
            "Orwell, George {DeathYear=1950, OtherNames=[Eric Arthur Blair], BirthYear=1903, IsPenName=true, Name=George Orwell}"),
        new("selected where some have it", Ask.Key("Emma").And(Ask.Key("Kokoro")).Select("OriginalTitle", "PublicationYear"),
            "Emma | Kokoro {OriginalTitle=こころ, PublicationYear=1914}"),
        new("selected of a subtype", Ask.Type("Book", prefix: "E").Where("Form", Equal, "Stories").Select("Editor", "Key"),
            "English Ghosts {Editor=Ada, Key=English Ghosts}"),
        new("all of it together",
            Ask.Key("Tolstoy, Leo").And(Ask.Key("Dostoevsky, Fyodor")).Follow("AuthorOf").Where("OriginalTitle", Exists)
                .Where("PublicationYear", Less, 1890).Down("PublicationYear").Limit(5).Select("PublicationYear", "Form"),
            "The Death of Ivan Ilyich {PublicationYear=1886, Form=Novella} | The Brothers Karamazov {PublicationYear=1880, Form=Novel} | "
                + "Anna Karenina {PublicationYear=1878, Form=Novel} | Demons {PublicationYear=1872, Form=Novel} | "
                + "War and Peace {PublicationYear=1869, Form=Novel}"),
        new("the authors of whom most is read",
            Ask.Type("Member").Follow("HasRead").Follow("AuthoredBy").Once().By("BirthYear").Limit(6).Select("Name", "BirthYear"),
            "Cervantes, Miguel de {Name=Miguel de Cervantes, BirthYear=1547} | Voltaire {Name=Voltaire, BirthYear=1694} | "
                + "Austen, Jane {Name=Jane Austen, BirthYear=1775} | Thoreau, Henry David {Name=Henry David Thoreau, BirthYear=1817} | "
                + "Eliot, George {Name=George Eliot, BirthYear=1819} | Carroll, Lewis {Name=Lewis Carroll, BirthYear=1832}",
            edited: "Cervantes, Miguel de {Name=Miguel de Cervantes, BirthYear=1547} | Voltaire {Name=Voltaire, BirthYear=1694} | "
                + "Austen, Jane {Name=Jane Austen, BirthYear=1775} | Eliot, George {Name=George Eliot, BirthYear=1819} | "
                + "Carroll, Lewis {Name=Lewis Carroll, BirthYear=1832} | Natsume Sōseki {Name=Natsume Sōseki, BirthYear=1867}"),
    ];
}
