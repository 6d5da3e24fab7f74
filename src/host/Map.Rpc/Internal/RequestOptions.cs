using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Map.Rpc.Internal;

/// <summary>What a call's own headers ask for: deadline and compression.</summary>
internal readonly struct RequestOptions
{
    // A longer timeout counts as none: no call lives that long, and timers end at 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    private const int MostDigits = 8;

    public TimeSpan? Timeout { get; private init; }

    public bool IsGzip { get; private init; }

    public bool AcceptsGzip { get; private init; }

    /// <exception cref="GrpcStatusException">A header is malformed or asks for an unknown compression.</exception>
    public static RequestOptions Read(IHeaderDictionary headers)
    {
        var timeout = headers["grpc-timeout"];
        var encoding = headers["grpc-encoding"];
        return new RequestOptions
        {
            Timeout = timeout.Count == 0 ? null : ParseTimeout(timeout.ToString()),
            IsGzip = encoding.Count != 0 && IsGzipEncoding(encoding.ToString()),
            AcceptsGzip = headers["grpc-accept-encoding"].ToString().Contains("gzip", StringComparison.Ordinal),
        };
    }

    internal static TimeSpan? ParseTimeout(string text)
    {
        if (text.Length is < 2 or > MostDigits + 1
            || !uint.TryParse(
                text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            throw BadTimeout(text);
        }
        var timeout = text[^1] switch
        {
            'H' => TimeSpan.FromHours(amount),
            'M' => TimeSpan.FromMinutes((long)amount),
            'S' => TimeSpan.FromSeconds((long)amount),
            'm' => TimeSpan.FromMilliseconds((long)amount),
            'u' => TimeSpan.FromMicroseconds((long)amount),
            'n' => TimeSpan.FromTicks(amount / TimeSpan.NanosecondsPerTick),
            _ => throw BadTimeout(text),
        };
        return timeout > LongestTimeout ? null : timeout;
    }

    private static bool IsGzipEncoding(string encoding) => encoding switch
    {
        "gzip" => true,
        "identity" => false,
        _ => throw new GrpcStatusException(
            StatusCode.Unimplemented,
            $"Messages compressed with '{encoding}' are not supported; use gzip or identity."),
    };

    private static GrpcStatusException BadTimeout(string text) =>
        new(
            StatusCode.InvalidArgument,
            $"The header grpc-timeout is malformed: '{text}'. It is up to 8 digits and one of H, M, S, m, u, n.");
}
