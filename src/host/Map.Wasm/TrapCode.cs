namespace Map.Wasm;

/// <summary>Why a guest was stopped.</summary>
public enum TrapCode
{
    /// <summary>An <c>unreachable</c> instruction.</summary>
    Unreachable,

    /// <summary>An access outside the memory.</summary>
    MemoryOutOfBounds,

    /// <summary>An access outside a table.</summary>
    TableOutOfBounds,

    /// <summary>An indirect call to an element that the table does not have.</summary>
    UndefinedElement,

    /// <summary>An indirect call to a null element.</summary>
    UninitializedElement,

    /// <summary>An indirect call to a function of another type.</summary>
    IndirectCallTypeMismatch,

    /// <summary>An integer division by zero.</summary>
    IntegerDivideByZero,

    /// <summary>A result that does not fit an integer.</summary>
    IntegerOverflow,

    /// <summary>A conversion of a NaN to an integer.</summary>
    InvalidConversionToInteger,

    /// <summary>Calls nested deeper than the stack allows.</summary>
    StackExhausted,

    /// <summary>The fuel of the store is used up.</summary>
    FuelExhausted,

    /// <summary>The deadline of the store has passed.</summary>
    DeadlineExceeded,

    /// <summary>The embedder cancelled the guest.</summary>
    Cancelled,
}

internal static class TrapCodes
{
    /// <summary>The words of the specification, where it has some.</summary>
    public static string Message(this TrapCode code) => code switch
    {
        TrapCode.Unreachable => "unreachable",
        TrapCode.MemoryOutOfBounds => "out of bounds memory access",
        TrapCode.TableOutOfBounds => "out of bounds table access",
        TrapCode.UndefinedElement => "undefined element",
        TrapCode.UninitializedElement => "uninitialized element",
        TrapCode.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapCode.IntegerDivideByZero => "integer divide by zero",
        TrapCode.IntegerOverflow => "integer overflow",
        TrapCode.InvalidConversionToInteger => "invalid conversion to integer",
        TrapCode.StackExhausted => "call stack exhausted",
        TrapCode.FuelExhausted => "all fuel consumed",
        TrapCode.DeadlineExceeded => "deadline exceeded",
        _ => "cancelled",
    };
}
