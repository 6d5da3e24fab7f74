namespace Map.Wasm.Execution;

/// <summary>Passes the results of functions that have several. Compiled code calls these.</summary>
internal static class ResultSlots
{
    public static void PutI32(Store store, int index, int value) => store.Results[index].Bits = value;

    public static void PutI64(Store store, int index, long value) => store.Results[index].Bits = value;

    public static void PutF32(Store store, int index, float value) => store.Results[index].Bits = BitConverter.SingleToInt32Bits(value);

    public static void PutF64(Store store, int index, double value) => store.Results[index].Bits = BitConverter.DoubleToInt64Bits(value);

    public static void PutReference(Store store, int index, object? value) => store.Results[index].Reference = value;

    public static int TakeI32(Store store, int index) => (int)store.Results[index].Bits;

    public static long TakeI64(Store store, int index) => store.Results[index].Bits;

    public static float TakeF32(Store store, int index) => BitConverter.Int32BitsToSingle((int)store.Results[index].Bits);

    public static double TakeF64(Store store, int index) => BitConverter.Int64BitsToDouble(store.Results[index].Bits);

    public static object? TakeReference(Store store, int index)
    {
        var value = store.Results[index].Reference;
        store.Results[index].Reference = null;
        return value;
    }

    /// <summary>A result as an object.</summary>
    public static object? Read(Store store, int index, ValueKind kind) => kind switch
    {
        ValueKind.I32 => TakeI32(store, index),
        ValueKind.I64 => TakeI64(store, index),
        ValueKind.F32 => TakeF32(store, index),
        ValueKind.F64 => TakeF64(store, index),
        _ => TakeReference(store, index),
    };

    /// <summary>What these methods have in their names for a kind.</summary>
    public static string Suffix(ValueKind kind) => kind.IsReference() ? "Reference" : kind.ToString();
}
