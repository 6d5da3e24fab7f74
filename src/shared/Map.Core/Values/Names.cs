using System.Globalization;
using System.Text;

namespace Map.Core.Values;

/// <summary>Names of properties and relationships: UpperCamelCase, by which equal names are equal strings.</summary>
public static class Names
{
    /// <summary>The longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 200;

    /// <summary>The longest key, in bytes of UTF-8. Keys are part of rows that stay small.</summary>
    public const int MaxKeyBytes = 1000;

    /// <summary>The property that holds a holon's key.</summary>
    public const string Key = "Key";

    /// <summary>
    /// The canonical form of a raw name: words, parted by anything but letters and digits, are capitalised and joined
    /// (`title` and `Title` are one name, as are `page_count` and `PageCount`).
    /// </summary>
    /// <param name="raw">The name as the client wrote it.</param>
    /// <returns>The canonical name, or null when <paramref name="raw"/> has no letter or digit, is too long, or holds
    /// U+0000 or an unpaired surrogate.</returns>
    public static string? Canonicalise(string raw)
    {
        if (raw.Length is 0 or > MaxLength) return null;
        if (IsCanonical(raw)) return string.IsInterned(raw) ?? raw;
        var builder = new StringBuilder(raw.Length);
        var startsWord = true;
        foreach (var rune in raw.EnumerateRunes())
        {
            if (rune.Value == 0 || rune == Rune.ReplacementChar) return null;
            // A combining mark belongs to the letter before it.
            if (!Rune.IsLetterOrDigit(rune) && !(builder.Length > 0 && IsMark(rune)))
            {
                startsWord = true;
                continue;
            }

            builder.Append((startsWord ? Rune.ToUpperInvariant(rune) : rune).ToString());
            startsWord = false;
        }

        return builder.Length == 0 ? null : builder.ToString();
    }

    /// <summary>Whether text can be a key: not empty, not too long, well-formed and without U+0000.</summary>
    public static bool IsValidKey(string key) =>
        key.Length > 0 && key.Length <= MaxKeyBytes && Encoding.UTF8.GetByteCount(key) <= MaxKeyBytes && IsWellFormed(key);

    /// <summary>Whether text is well-formed UTF-16 without U+0000.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsCanonical(string raw)
    {
        if (!char.IsAsciiLetterUpper(raw[0]) && !char.IsAsciiDigit(raw[0])) return false;
        foreach (var c in raw)
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        return true;
    }
}
