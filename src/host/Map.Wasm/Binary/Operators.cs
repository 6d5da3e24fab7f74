namespace Map.Wasm.Binary;

/// <summary>A numeric instruction: operands, result, no immediates.</summary>
/// <param name="Name">The name of the text format.</param>
/// <param name="Operand">The kind of its operands.</param>
/// <param name="Result">The kind of its result.</param>
/// <param name="IsBinary">Whether it has two operands.</param>
internal sealed record NumericOperator(string Name, ValueKind Operand, ValueKind Result, bool IsBinary)
{
    /// <summary>Whether a NaN that it yields has bits that the specification leaves open.</summary>
    public bool IsArithmetic { get; } = Result.IsFloat() && Operand.IsFloat() && !BitwiseFloats.Contains(Name[4..]);

    /// <summary>Whether it looks at the bits of a NaN, so that they must be settled before.</summary>
    public bool SeesNanBits { get; } = Operand.IsFloat() && BitwiseFloats.Any(each => Name[4..].StartsWith(each, StringComparison.Ordinal));

    private static string[] BitwiseFloats => ["abs", "neg", "copysign", "reinterpret"];
}

/// <summary>A load or a store.</summary>
/// <param name="Name">The name of the text format.</param>
/// <param name="Kind">The kind of the value on the operand stack.</param>
/// <param name="SizeBytes">How much of the memory is accessed.</param>
internal sealed record MemoryOperator(string Name, ValueKind Kind, int SizeBytes);

/// <summary>
/// What the plain instructions are called, in the order of their codes. Their names say everything about their operands and
/// results, so that there is no other table of them.
/// </summary>
internal static class Operators
{
    private static readonly string[] NumericNames =
    [
        .. Each("i32", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"), .. Each("i64", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
        .. Each("f32", "eq ne lt gt le ge"), .. Each("f64", "eq ne lt gt le ge"),
        .. Each("i32", "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr"),
        .. Each("i64", "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr"),
        .. Each("f32", "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign"),
        .. Each("f64", "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign"),
        .. Each("i32", "wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"),
        .. Each("i64", "extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"),
        .. Each("f32", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64"),
        .. Each("f64", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32"),
        "i32.reinterpret_f32", "i64.reinterpret_f64", "f32.reinterpret_i32", "f64.reinterpret_i64",
        .. Each("i32", "extend8_s extend16_s"), .. Each("i64", "extend8_s extend16_s extend32_s"),
    ];

    private static readonly string[] SaturatingNames =
    [
        .. Each("i32", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),
        .. Each("i64", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),
    ];

    private static readonly string[] MemoryNames =
    [
        "i32.load", "i64.load", "f32.load", "f64.load",
        .. Each("i32", "load8_s load8_u load16_s load16_u"), .. Each("i64", "load8_s load8_u load16_s load16_u load32_s load32_u"),
        "i32.store", "i64.store", "f32.store", "f64.store",
        .. Each("i32", "store8 store16"), .. Each("i64", "store8 store16 store32"),
    ];

    private static readonly NumericOperator[] Numerics = [.. NumericNames.Select(DescribeNumeric)];

    private static readonly NumericOperator[] Saturations = [.. SaturatingNames.Select(DescribeNumeric)];

    private static readonly MemoryOperator[] Accesses = [.. MemoryNames.Select(DescribeMemory)];

    public static IEnumerable<NumericOperator> AllNumeric => Numerics.Concat(Saturations);

    public static bool IsNumeric(Opcode opcode) =>
        opcode is (>= Opcode.FirstNumeric and <= Opcode.LastNumeric) or (>= Opcode.FirstSaturating and <= Opcode.LastSaturating);

    public static bool IsMemory(Opcode opcode) => opcode is >= Opcode.FirstLoad and <= Opcode.LastStore;

    /// <summary>What a numeric instruction does.</summary>
    public static NumericOperator Numeric(Opcode opcode) =>
        opcode >= Opcode.FirstSaturating ? Saturations[opcode - Opcode.FirstSaturating] : Numerics[opcode - Opcode.FirstNumeric];

    /// <summary>What a load or a store does.</summary>
    public static MemoryOperator Memory(Opcode opcode) => Accesses[opcode - Opcode.FirstLoad];

    private static IEnumerable<string> Each(string kind, string operations) => operations.Split(' ').Select(operation => $"{kind}.{operation}");

    private static NumericOperator DescribeNumeric(string name)
    {
        var (kind, operation) = (KindOf(name[..3]), name[4..]);
        var from = operation.Split('_').Select(KindOf).FirstOrDefault(each => each != ValueKind.Unknown);
        if (from != ValueKind.Unknown) return new NumericOperator(name, from, kind, IsBinary: false);
        var stem = operation.Split('_')[0];
        var result = stem is "eqz" or "eq" or "ne" or "lt" or "gt" or "le" or "ge" ? ValueKind.I32 : kind;
        var isUnary = stem is "eqz" or "clz" or "ctz" or "popcnt" or "abs" or "neg" or "ceil" or "floor" or "trunc" or "nearest" or "sqrt"
            || stem.StartsWith("extend", StringComparison.Ordinal);
        return new NumericOperator(name, kind, result, !isUnary);
    }

    private static MemoryOperator DescribeMemory(string name)
    {
        var kind = KindOf(name[..3]);
        var digits = new string([.. name[4..].Where(char.IsDigit)]);
        return new MemoryOperator(name, kind, digits.Length > 0 ? int.Parse(digits) / 8 : kind is ValueKind.I32 or ValueKind.F32 ? 4 : 8);
    }

    private static ValueKind KindOf(string name) => name switch
    {
        "i32" => ValueKind.I32,
        "i64" => ValueKind.I64,
        "f32" => ValueKind.F32,
        "f64" => ValueKind.F64,
        _ => ValueKind.Unknown,
    };
}
