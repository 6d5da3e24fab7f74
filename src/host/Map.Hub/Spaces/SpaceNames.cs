using Map.Core.Errors;

namespace Map.Hub.Spaces;

/// <summary>What names a space may have.</summary>
internal static class SpaceNames
{
    private const int MaxLength = 100;

    /// <summary>The name without blanks at its ends.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.InvalidName"/>.</exception>
    public static string Check(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length is > 0 and <= MaxLength && trimmed.All(IsAllowed)) return trimmed;
        throw new HolonException(
            HolonErrorCode.InvalidName,
            $"The name of a space has 1 to {MaxLength} characters: letters, digits, blanks, '-', '_' and '.'.",
            field: "name");
    }

    private static bool IsAllowed(char c) => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.';
}
