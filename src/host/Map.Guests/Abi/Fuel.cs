namespace Map.Guests.Abi;

/// <summary>What the work of the host costs a guest, in fuel: about a unit for each nanosecond.</summary>
internal static class Fuel
{
    /// <summary>A call of an import, beside the 20 that the engine charges.</summary>
    public const long Call = 80;

    /// <summary>A row that is read.</summary>
    public const long Row = 500;

    /// <summary>A change of the transaction's state.</summary>
    public const long Change = 5_000;

    /// <summary>A refusal, which takes an exception.</summary>
    public const long Refusal = 5_000;
}
