using Google.Protobuf.Collections;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>Prints guest modules for people.</summary>
internal static class GuestReport
{
    private const int ShortLength = 12;
    private const int MostListed = 5;

    /// <summary>As much of the hash as tells modules apart in practice.</summary>
    public static string Short(GuestModule guest) => guest.Sha256[..ShortLength];

    public static void WriteInstalled(InstallGuestResponse response)
    {
        var guest = response.Guest;
        var was = response.WasInstalled ? " was installed already, and stays as it is" : " is installed";
        Console.WriteLine(Output.Printable($"{Title(guest)}{was}."));
        Output.WritePairs([("  hash", guest.Sha256), .. Describe(guest)]);
    }

    public static void WriteList(ListGuestsResponse list)
    {
        if (list.Guests.Count == 0)
        {
            Console.WriteLine("There are no guest modules. Install one with: map-daemon guest install FILE");
            return;
        }

        Output.WriteTable(["NAME", "VERSION", "HASH", "SIZE", "INSTALLED", "ENTRY POINTS"], [.. list.Guests.Select(ToRow)]);
        foreach (var guest in list.Guests.Where(guest => guest.Problem.Length > 0))
            Console.WriteLine(Output.Printable($"{Short(guest)}: {guest.Problem}"));
    }

    public static void WriteInspected(InspectGuestResponse response)
    {
        var guest = response.Guest;
        Console.WriteLine(Output.Printable(Title(guest)));
        Output.WritePairs(
            [
                ("  hash", guest.Sha256),
                ("  size", Output.Size(guest.Bytes)),
                ("  installed", Output.Moment(guest.InstalledAt)),
                .. Describe(guest),
                ("  calls", Enumerate(response.Imports, "nothing")),
            ]);
        Console.WriteLine(response.Dependents.Count == 0 ? "No saved holon depends on it." : "These depend on it:");
        if (response.Dependents.Count > 0) WriteDependents(response.Dependents);
        foreach (var space in response.UnreadSpaces)
            Console.WriteLine(Output.Printable($"The space \"{space}\" could not be looked at. See: map-daemon status"));
    }

    public static void WriteRemoved(GuestModule guest, RemoveGuestResponse response)
    {
        Console.WriteLine(Output.Printable($"{Title(guest)} is removed."));
        if (response.Dependents.Count == 0) return;
        Console.WriteLine("These cannot run any more:");
        WriteDependents(response.Dependents);
    }

    private static void WriteDependents(IEnumerable<GuestDependent> dependents) =>
        Output.WriteTable(["SPACE", "TYPE", "KEY"], [.. dependents.Select(each => new[] { each.Space, each.TypeName, each.Key })]);

    private static string Title(GuestModule guest) => guest.Name.Length == 0
        ? $"The module {Short(guest)}"
        : $"\"{guest.Name}\"{(guest.Version.Length > 0 ? $" {guest.Version}" : "")}";

    private static List<(string, string)> Describe(GuestModule guest)
    {
        if (guest.Problem.Length > 0) return [("  problem", guest.Problem)];
        List<(string, string)> pairs =
        [
            ("  interface", guest.Abi),
            ("  entry points", Enumerate(guest.Entrypoints, "none")),
            ("  may read", Types(guest.Capabilities.Read)),
            ("  may write", Types(guest.Capabilities.Write)),
            ("  may delete", Types(guest.Capabilities.Delete)),
            ("  each call", $"{guest.Limits.Fuel:N0} fuel, {Output.Size(guest.Limits.MemoryBytes)} of memory"),
        ];
        if (guest.Description.Length > 0) pairs.Insert(0, ("  description", guest.Description));
        return pairs;
    }

    private static string Types(IEnumerable<string> keys) => Enumerate(keys.Select(key => key == "*" ? "holons of all types" : key), "nothing");

    private static string Enumerate(IEnumerable<string> items, string none) => string.Join(", ", items) is { Length: > 0 } text ? text : none;

    private static string[] ToRow(GuestModule guest) =>
    [
        guest.Name.Length > 0 ? guest.Name : "-",
        guest.Version.Length > 0 ? guest.Version : "-",
        Short(guest),
        Output.Size(guest.Bytes),
        Output.Moment(guest.InstalledAt),
        guest.Problem.Length > 0 ? "damaged" : First(guest.Entrypoints),
    ];

    /// <summary>As many as a line holds; inspecting the module tells all.</summary>
    private static string First(RepeatedField<string> names) =>
        string.Join(", ", names.Take(MostListed)) + (names.Count > MostListed ? $" and {names.Count - MostListed:N0} more" : "");
}
