using System.Text;

namespace Map.Rpc.Internal;

/// <summary>What may stand in gRPC metadata, and how text and bytes are encoded there.</summary>
internal static class MetadataRules
{
    private const string HexDigits = "0123456789ABCDEF";

    public static void Check(string name, bool isBinary)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.StartsWith("grpc-", StringComparison.Ordinal))
            throw new ArgumentException($"Names beginning with grpc- belong to the protocol: '{name}'.", nameof(name));
        if (name.EndsWith("-bin", StringComparison.Ordinal) != isBinary)
            throw new ArgumentException($"Only names ending in -bin carry bytes: '{name}'.", nameof(name));
        if (name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.')))
            throw new ArgumentException($"Metadata names are lower case: '{name}'.", nameof(name));
    }

    public static void CheckValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Any(c => c is < ' ' or > '~'))
            throw new ArgumentException(
                "Metadata text is printable ASCII; use a -bin name for anything else.", nameof(value));
    }

    public static string ToBase64(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <summary>Decodes base64 with or without padding. Null when it is neither.</summary>
    public static byte[]? FromBase64(string value)
    {
        var padded = value.PadRight(value.Length + ((4 - (value.Length % 4)) % 4), '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Percent-encodes the UTF-8 of a text, as <c>grpc-message</c> needs it.</summary>
    public static string PercentEncode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
        }
        return encoded.ToString();
    }

    /// <summary>Undoes <see cref="PercentEncode"/>. What is not an escape stays as it is.</summary>
    public static string PercentDecode(string text) =>
        text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;
}
