namespace Map.Wasm.Binary;

/// <summary>Features of later versions, by the codes that give them away, so that they are refused by name.</summary>
internal static class Features
{
    public const string Threads = "shared memory (threads)";
    public const string Memory64 = "64-bit memory (memory64)";
    public const string ExtendedConstants = "arithmetic in a constant expression (extended constants)";

    /// <summary>The feature that an instruction belongs to, or null.</summary>
    public static string? Of(byte opcode) => opcode switch
    {
        0x06 or 0x07 or 0x08 or 0x09 or 0x0A or 0x18 or 0x19 or 0x1F => "exception handling",
        0x12 or 0x13 => "a tail call",
        0x14 or 0x15 or 0xD3 or 0xD4 or 0xD5 or 0xD6 => "a typed function reference",
        0xFB => "garbage collection",
        0xFD => "a vector instruction (SIMD)",
        0xFE => "an atomic instruction (threads)",
        _ => null,
    };

    /// <summary>The feature that a value type belongs to, or null.</summary>
    public static string? OfType(byte code) => code switch
    {
        0x7B => "the type v128 (SIMD)",
        0x63 or 0x64 => "a typed function reference",
        0x69 or 0x74 => "an exception reference (exception handling)",
        >= 0x6A and <= 0x6E => "a reference type of garbage collection",
        0x71 or 0x72 or 0x73 => "a reference type of garbage collection",
        _ => null,
    };
}
