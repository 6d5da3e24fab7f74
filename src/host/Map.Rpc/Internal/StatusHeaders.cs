using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Map.Rpc.Internal;

/// <summary>
/// Writes a call's status: into trailers once a body has begun, else into the headers ("trailers only").
/// </summary>
internal static class StatusHeaders
{
    // Clients refuse header blocks from 8 KiB on, and would then show nothing at all.
    private const int MostMessageBytes = 3000;
    private const int MostDetailsBytes = 3000;

    private static readonly StringValues OkStatus = new("0");

    public static void WriteOk(
        HttpResponse response, bool bodyHasBegun, IReadOnlyList<KeyValuePair<string, string>> trailers)
    {
        var target = Target(response, bodyHasBegun);
        target["grpc-status"] = OkStatus;
        Append(target, trailers);
    }

    public static void Write(
        HttpResponse response,
        bool bodyHasBegun,
        StatusCode status,
        string message,
        ReadOnlyMemory<byte> details,
        IReadOnlyList<KeyValuePair<string, string>>? trailers = null)
    {
        var target = Target(response, bodyHasBegun);
        target["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        if (message.Length != 0)
            target["grpc-message"] = MetadataRules.PercentEncode(Cut(message));
        if (!details.IsEmpty && details.Length <= MostDetailsBytes)
            target["grpc-status-details-bin"] = MetadataRules.ToBase64(details.Span);
        if (status == StatusCode.Unimplemented && !bodyHasBegun)
            target["grpc-accept-encoding"] = "identity,gzip";
        Append(target, trailers ?? []);
    }

    private static IHeaderDictionary Target(HttpResponse response, bool bodyHasBegun)
    {
        if (!bodyHasBegun)
            return response.Headers;
        return response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
    }

    // Cuts between characters, by what they take when encoded: a smiley takes twelve bytes.
    private static string Cut(string message)
    {
        if (message.Length <= MostMessageBytes / 12)
            return message;
        var bytes = 0;
        var chars = 0;
        foreach (var rune in message.EnumerateRunes())
        {
            bytes += rune.Value is >= ' ' and <= '~' and not '%' ? 1 : rune.Utf8SequenceLength * 3;
            if (bytes > MostMessageBytes)
                return message[..chars] + "...";
            chars += rune.Utf16SequenceLength;
        }
        return message;
    }

    private static void Append(IHeaderDictionary target, IReadOnlyList<KeyValuePair<string, string>> trailers)
    {
        foreach (var (name, value) in trailers)
            target.Append(name, value);
    }
}
