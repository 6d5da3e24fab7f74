using System.Runtime.InteropServices;

namespace Map.Wasm;

/// <summary>A global variable.</summary>
public sealed class Global
{
    /// <summary>The value. Compiled code reads and writes the field of its kind.</summary>
    internal GlobalCell Cell;

    /// <summary>A global of its own, for imports.</summary>
    /// <exception cref="ArgumentException">The value is not of the type's kind.</exception>
    public Global(GlobalType type, object? value)
    {
        Type = type;
        Set(value);
    }

    internal Global(GlobalType type) => Type = type;

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>The value: an <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="Function"/> or object.</summary>
    /// <exception cref="InvalidOperationException">On setting, when the global is immutable.</exception>
    /// <exception cref="ArgumentException">On setting, when the value is of another kind.</exception>
    public object? Value
    {
        get => Type.Content switch
        {
            ValueKind.I32 => Cell.I32,
            ValueKind.I64 => Cell.I64,
            ValueKind.F32 => Cell.F32,
            ValueKind.F64 => Cell.F64,
            _ => Cell.Reference,
        };
        set
        {
            if (!Type.IsMutable) throw new InvalidOperationException("The global is immutable.");
            Set(value);
        }
    }

    private void Set(object? value)
    {
        switch (Type.Content, value)
        {
            case (ValueKind.I32, int i32): Cell.I32 = i32; break;
            case (ValueKind.I64, long i64): Cell.I64 = i64; break;
            case (ValueKind.F32, float f32): Cell.F32 = f32; break;
            case (ValueKind.F64, double f64): Cell.F64 = f64; break;
            case (ValueKind.FuncRef, null or Function): Cell.Reference = value; break;
            case (ValueKind.ExternRef, _): Cell.Reference = value; break;
            default: throw new ArgumentException($"The global holds {Type.Content.Name()}.", nameof(value));
        }
    }
}

/// <summary>A value of any kind: the bits of a number, or a reference.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct GlobalCell
{
    [FieldOffset(0)]
    public object? Reference;

    [FieldOffset(8)]
    public int I32;

    [FieldOffset(8)]
    public long I64;

    [FieldOffset(8)]
    public float F32;

    [FieldOffset(8)]
    public double F64;
}
