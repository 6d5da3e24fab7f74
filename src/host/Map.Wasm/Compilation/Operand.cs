namespace Map.Wasm.Compilation;

/// <summary>Where the value of an operand is.</summary>
internal enum Place
{
    /// <summary>In the IL local of its height and kind.</summary>
    Slot,

    /// <summary>In a local of the guest that has not been set since.</summary>
    Local,

    /// <summary>In the code.</summary>
    Constant,
}

/// <summary>An operand of the guest's stack during compilation.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Value">The local, or the bits of the constant.</param>
/// <param name="HasOpenNan">
/// Whether, if it is a NaN, its bits are still what the processor made of them. They are settled where they can be seen:
/// arithmetic on such a value needs no settling in between.
/// </param>
internal readonly record struct Operand(ValueKind Kind, Place Place, long Value = 0, bool HasOpenNan = false);
