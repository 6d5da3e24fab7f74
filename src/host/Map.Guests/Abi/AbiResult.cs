namespace Map.Guests.Abi;

/// <summary>Why an import did not do what it was asked. The numbers are those of docs/guest-abi.md.</summary>
internal enum AbiResult
{
    /// <summary>The handle is none of this call, was closed, or is of the other kind.</summary>
    BadHandle = -1,

    /// <summary>A text is not UTF-8, a value cannot be read, or a number is not one of those allowed.</summary>
    BadArgument = -2,

    /// <summary>There is no such property, key or holon.</summary>
    NotFound = -3,

    /// <summary>Several holons have this key.</summary>
    Ambiguous = -4,

    /// <summary>The daemon refuses the command, as it would a client's.</summary>
    Refused = -5,

    /// <summary>Too many handles or findings, or a text or a value is too long.</summary>
    Limit = -6,
}

/// <summary>Ends an import with a result that tells the guest why.</summary>
/// <param name="result">Why.</param>
internal sealed class AbiException(AbiResult result) : Exception
{
    /// <summary>Why.</summary>
    public AbiResult Result { get; } = result;
}

/// <summary>Ends the call: the guest asked for what its manifest does not declare.</summary>
/// <param name="capability">What it asked for.</param>
/// <param name="type">The type of the holon, for a person.</param>
internal sealed class CapabilityDeniedException(Capability capability, string type) : Exception
{
    /// <summary>What it asked for.</summary>
    public Capability Capability { get; } = capability;

    /// <summary>The type of the holon, for a person.</summary>
    public string HolonType { get; } = type;
}
