using System.Numerics;
using System.Runtime.CompilerServices;

namespace Map.Wasm.Execution;

/// <summary>Numeric instructions that take more than an IL instruction. Compiled code calls these, and the runtime inlines them.</summary>
internal static class Numerics
{
    private const double TwoTo63 = 9223372036854775808.0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long RotateLeft(long value, long count) => (long)BitOperations.RotateLeft((ulong)value, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long RotateRight(long value, long count) => (long)BitOperations.RotateRight((ulong)value, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long LeadingZeroCount(long value) => BitOperations.LeadingZeroCount((ulong)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long TrailingZeroCount(long value) => BitOperations.TrailingZeroCount(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long PopCount(long value) => BitOperations.PopCount((ulong)value);

    /// <summary>Rounds once; by way of a double it would be twice.</summary>
    public static float ConvertToSingle(ulong value)
    {
        if (value <= long.MaxValue) return (long)value;
        // Halved, with the lost bit kept for rounding.
        return (long)((value >> 1) | (value & 1)) * 2.0f;
    }

    /// <summary>A float by its bits. Not inlined: the runtime keeps constants of floats as doubles, which quiets signalling NaNs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float SingleOf(int bits) => BitConverter.Int32BitsToSingle(bits);

    public static int SaturateI32(float value) => SaturateI32((double)value);

    public static int SaturateI32(double value) =>
        double.IsNaN(value) ? 0 : value <= int.MinValue ? int.MinValue : value >= int.MaxValue ? int.MaxValue : (int)value;

    public static uint SaturateU32(float value) => SaturateU32((double)value);

    public static uint SaturateU32(double value) =>
        !(value > 0) ? 0 : value >= uint.MaxValue ? uint.MaxValue : (uint)value;

    public static long SaturateI64(float value) => SaturateI64((double)value);

    public static long SaturateI64(double value) =>
        double.IsNaN(value) ? 0 : value <= -TwoTo63 ? long.MinValue : value >= TwoTo63 ? long.MaxValue : (long)value;

    public static ulong SaturateU64(float value) => SaturateU64((double)value);

    public static ulong SaturateU64(double value) =>
        !(value > 0) ? 0 : value >= 2 * TwoTo63 ? ulong.MaxValue : (ulong)value;
}
