using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using Map.Wasm.Binary;
using Map.Wasm.Execution;
using static System.Reflection.Emit.OpCodes;

namespace Map.Wasm.Compilation;

/// <summary>
/// IL of the numeric instructions that cannot trap: either a few IL instructions, or a call of a method that the runtime
/// makes a machine instruction of.
/// </summary>
internal static class NumericCode
{
    private static readonly Dictionary<string, object[]> Codes = new()
    {
        ["eqz"] = [Ldc_I4_0, Ceq],
        ["eq"] = [Ceq],
        ["ne"] = [Ceq, Ldc_I4_0, Ceq],
        ["lt_s"] = [Clt],
        ["lt_u"] = [Clt_Un],
        ["gt_s"] = [Cgt],
        ["gt_u"] = [Cgt_Un],
        ["le_s"] = [Cgt, Ldc_I4_0, Ceq],
        ["le_u"] = [Cgt_Un, Ldc_I4_0, Ceq],
        ["ge_s"] = [Clt, Ldc_I4_0, Ceq],
        ["ge_u"] = [Clt_Un, Ldc_I4_0, Ceq],
        // Of floats: the unordered comparisons make a NaN less and greater than everything, so that their negation is false.
        ["lt"] = [Clt],
        ["gt"] = [Cgt],
        ["le"] = [Cgt_Un, Ldc_I4_0, Ceq],
        ["ge"] = [Clt_Un, Ldc_I4_0, Ceq],
        ["add"] = [Add],
        ["sub"] = [Sub],
        ["mul"] = [Mul],
        ["div"] = [Div],
        ["and"] = [And],
        ["or"] = [Or],
        ["xor"] = [Xor],
        ["neg"] = [Neg],
        ["i32.shl"] = [Ldc_I4, 31, And, Shl],
        ["i32.shr_s"] = [Ldc_I4, 31, And, Shr],
        ["i32.shr_u"] = [Ldc_I4, 31, And, Shr_Un],
        ["i64.shl"] = [Conv_I4, Ldc_I4, 63, And, Shl],
        ["i64.shr_s"] = [Conv_I4, Ldc_I4, 63, And, Shr],
        ["i64.shr_u"] = [Conv_I4, Ldc_I4, 63, And, Shr_Un],
        ["i64.eqz"] = [Ldc_I4_0, Conv_I8, Ceq],
        ["wrap_i64"] = [Conv_I4],
        ["extend_i32_s"] = [Conv_I8],
        ["extend_i32_u"] = [Conv_U8],
        ["i32.extend8_s"] = [Conv_I1],
        ["i32.extend16_s"] = [Conv_I2],
        ["i64.extend8_s"] = [Conv_I1, Conv_I8],
        ["i64.extend16_s"] = [Conv_I2, Conv_I8],
        ["i64.extend32_s"] = [Conv_I4, Conv_I8],
        ["f32.convert_i32_s"] = [Conv_R4],
        ["f32.convert_i64_s"] = [Conv_R4],
        ["f64.convert_i32_s"] = [Conv_R8],
        ["f64.convert_i64_s"] = [Conv_R8],
        ["f32.convert_i32_u"] = [Conv_R_Un, Conv_R4],
        ["f64.convert_i32_u"] = [Conv_R_Un, Conv_R8],
        ["f64.convert_i64_u"] = [Conv_R_Un, Conv_R8],
        ["demote_f64"] = [Conv_R4],
        ["promote_f32"] = [Conv_R8],
    };

    private static readonly Dictionary<string, MethodInfo> Calls = new()
    {
        ["i32.rotl"] = Of<Func<uint, int, uint>>(BitOperations.RotateLeft),
        ["i32.rotr"] = Of<Func<uint, int, uint>>(BitOperations.RotateRight),
        ["i64.rotl"] = Of<Func<long, long, long>>(Numerics.RotateLeft),
        ["i64.rotr"] = Of<Func<long, long, long>>(Numerics.RotateRight),
        ["i32.clz"] = Of<Func<uint, int>>(BitOperations.LeadingZeroCount),
        ["i64.clz"] = Of<Func<long, long>>(Numerics.LeadingZeroCount),
        ["i32.ctz"] = Of<Func<int, int>>(BitOperations.TrailingZeroCount),
        ["i64.ctz"] = Of<Func<long, long>>(Numerics.TrailingZeroCount),
        ["i32.popcnt"] = Of<Func<uint, int>>(BitOperations.PopCount),
        ["i64.popcnt"] = Of<Func<long, long>>(Numerics.PopCount),
        ["f32.abs"] = Of<Func<float, float>>(MathF.Abs),
        ["f64.abs"] = Of<Func<double, double>>(Math.Abs),
        ["f32.ceil"] = Of<Func<float, float>>(MathF.Ceiling),
        ["f64.ceil"] = Of<Func<double, double>>(Math.Ceiling),
        ["f32.floor"] = Of<Func<float, float>>(MathF.Floor),
        ["f64.floor"] = Of<Func<double, double>>(Math.Floor),
        ["f32.trunc"] = Of<Func<float, float>>(MathF.Truncate),
        ["f64.trunc"] = Of<Func<double, double>>(Math.Truncate),
        ["f32.nearest"] = Of<Func<float, float>>(MathF.Round),
        ["f64.nearest"] = Of<Func<double, double>>(Math.Round),
        ["f32.sqrt"] = Of<Func<float, float>>(MathF.Sqrt),
        ["f64.sqrt"] = Of<Func<double, double>>(Math.Sqrt),
        ["f32.min"] = Of<Func<float, float, float>>(MathF.Min),
        ["f64.min"] = Of<Func<double, double, double>>(Math.Min),
        ["f32.max"] = Of<Func<float, float, float>>(MathF.Max),
        ["f64.max"] = Of<Func<double, double, double>>(Math.Max),
        ["f32.copysign"] = Of<Func<float, float, float>>(MathF.CopySign),
        ["f64.copysign"] = Of<Func<double, double, double>>(Math.CopySign),
        ["i32.reinterpret_f32"] = Of<Func<float, int>>(BitConverter.SingleToInt32Bits),
        ["i64.reinterpret_f64"] = Of<Func<double, long>>(BitConverter.DoubleToInt64Bits),
        ["f32.reinterpret_i32"] = Of<Func<int, float>>(BitConverter.Int32BitsToSingle),
        ["f64.reinterpret_i64"] = Of<Func<long, double>>(BitConverter.Int64BitsToDouble),
        ["f32.convert_i64_u"] = Of<Func<ulong, float>>(Numerics.ConvertToSingle),
        ["i32.trunc_sat_f32_s"] = Of<Func<float, int>>(Numerics.SaturateI32),
        ["i32.trunc_sat_f64_s"] = Of<Func<double, int>>(Numerics.SaturateI32),
        ["i32.trunc_sat_f32_u"] = Of<Func<float, uint>>(Numerics.SaturateU32),
        ["i32.trunc_sat_f64_u"] = Of<Func<double, uint>>(Numerics.SaturateU32),
        ["i64.trunc_sat_f32_s"] = Of<Func<float, long>>(Numerics.SaturateI64),
        ["i64.trunc_sat_f64_s"] = Of<Func<double, long>>(Numerics.SaturateI64),
        ["i64.trunc_sat_f32_u"] = Of<Func<float, ulong>>(Numerics.SaturateU64),
        ["i64.trunc_sat_f64_u"] = Of<Func<double, ulong>>(Numerics.SaturateU64),
    };

    /// <summary>Emits an instruction whose operands are on IL's stack.</summary>
    public static void Emit(ILGenerator il, NumericOperator @operator)
    {
        if (Calls.TryGetValue(@operator.Name, out var method))
        {
            il.Emit(Call, method);
            return;
        }

        var code = Codes.GetValueOrDefault(@operator.Name) ?? Codes[@operator.Name[4..]];
        for (var i = 0; i < code.Length; i++)
        {
            if (i + 1 < code.Length && code[i + 1] is int number) il.Emit((OpCode)code[i++], number);
            else il.Emit((OpCode)code[i]);
        }
    }

    private static MethodInfo Of<TDelegate>(TDelegate method)
        where TDelegate : Delegate => method.Method;
}
