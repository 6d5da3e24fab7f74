namespace Map.Wasm;

/// <summary>The kind of a WebAssembly value; the numbers are those of the binary format.</summary>
public enum ValueKind : byte
{
    /// <summary>In the validator, a value of unreachable code; never the kind of a value that exists.</summary>
    Unknown = 0,

    /// <summary>A 32-bit integer; <see cref="int"/> in .NET.</summary>
    I32 = 0x7F,

    /// <summary>A 64-bit integer; <see cref="long"/> in .NET.</summary>
    I64 = 0x7E,

    /// <summary>A 32-bit float; <see cref="float"/> in .NET.</summary>
    F32 = 0x7D,

    /// <summary>A 64-bit float; <see cref="double"/> in .NET.</summary>
    F64 = 0x7C,

    /// <summary>A function or null; <see cref="Function"/> in .NET.</summary>
    FuncRef = 0x70,

    /// <summary>A reference of the host, opaque to the guest, or null; <see cref="object"/> in .NET.</summary>
    ExternRef = 0x6F,
}

/// <summary>What kinds are in text and in .NET.</summary>
internal static class ValueKinds
{
    /// <summary>The kind that a number of the binary format stands for, or <see cref="ValueKind.Unknown"/>.</summary>
    public static ValueKind FromCode(int code) => code switch
    {
        0x7F or 0x7E or 0x7D or 0x7C or 0x70 or 0x6F => (ValueKind)code,
        _ => ValueKind.Unknown,
    };

    public static bool IsReference(this ValueKind kind) => kind is ValueKind.FuncRef or ValueKind.ExternRef;

    public static bool IsFloat(this ValueKind kind) => kind is ValueKind.F32 or ValueKind.F64;

    /// <summary>The name of the text format.</summary>
    public static string Name(this ValueKind kind) => kind switch
    {
        ValueKind.I32 => "i32",
        ValueKind.I64 => "i64",
        ValueKind.F32 => "f32",
        ValueKind.F64 => "f64",
        ValueKind.FuncRef => "funcref",
        ValueKind.ExternRef => "externref",
        _ => "unknown",
    };

    /// <summary>The type of such values in .NET.</summary>
    public static Type ClrType(this ValueKind kind) => kind switch
    {
        ValueKind.I32 => typeof(int),
        ValueKind.I64 => typeof(long),
        ValueKind.F32 => typeof(float),
        ValueKind.F64 => typeof(double),
        ValueKind.FuncRef => typeof(Function),
        _ => typeof(object),
    };

    /// <summary>The kind that a type of .NET stands for in signatures, or <see cref="ValueKind.Unknown"/>.</summary>
    public static ValueKind FromClrType(Type type)
    {
        if (type == typeof(int) || type == typeof(uint)) return ValueKind.I32;
        if (type == typeof(long) || type == typeof(ulong)) return ValueKind.I64;
        if (type == typeof(float)) return ValueKind.F32;
        if (type == typeof(double)) return ValueKind.F64;
        if (type == typeof(Function)) return ValueKind.FuncRef;
        return type == typeof(object) ? ValueKind.ExternRef : ValueKind.Unknown;
    }
}
