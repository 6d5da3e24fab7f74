using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>Finds the guest module that a person means.</summary>
internal static class GuestLookup
{
    /// <summary>How many digits of a hash are enough to be taken for one.</summary>
    public const int LeastDigits = 4;

    public static Task<ListGuestsResponse> ListAsync(DaemonClient client, CancellationToken cancellation) =>
        client.CallAsync<ListGuestsRequest, ListGuestsResponse>("MapAdmin/ListGuests", new ListGuestsRequest(), cancellation);

    /// <summary>The one module of a name or of a hash, or what is wrong.</summary>
    public static async Task<(GuestModule? Guest, string Problem)> FindAsync(DaemonClient client, string text, CancellationToken cancellation)
    {
        var found = (await ListAsync(client, cancellation)).Guests.Where(guest => IsMeant(guest, text)).ToArray();
        return found switch
        {
            [var guest] => (guest, ""),
            [] => (null, $"there is no guest module '{text}'. List them with: map-daemon guest list"),
            _ => (null, $"several guest modules are meant by '{text}': {string.Join(", ", found.Select(Describe))}. Name one by its hash."),
        };
    }

    private static bool IsMeant(GuestModule guest, string text) =>
        string.Equals(guest.Name, text, StringComparison.OrdinalIgnoreCase)
        || (text.Length >= LeastDigits && guest.Sha256.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    private static string Describe(GuestModule guest) => $"{GuestReport.Short(guest)} ({guest.Name} {guest.Version})";
}
