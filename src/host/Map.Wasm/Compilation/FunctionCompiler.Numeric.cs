using System.Reflection.Emit;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>Numeric instructions; those that can trap check their operands first.</summary>
internal sealed partial class FunctionCompiler
{
    private void EmitNumeric(NumericOperator @operator)
    {
        var operands = @operator.IsBinary ? 2 : 1;
        if (@operator.SeesNanBits) Settle(operands);
        var operation = @operator.Name[4..];
        if (operation is "div_s" or "div_u" or "rem_s" or "rem_u")
        {
            EmitDivision(@operator.Operand, operation);
        }
        else if (operation.StartsWith("trunc_f", StringComparison.Ordinal))
        {
            EmitTruncation(@operator);
        }
        else
        {
            for (var i = operands - 1; i >= 0; i--) Load(i);
            if (operation is "reinterpret_i32" or "reinterpret_i64") EmitBarrier(@operator.Operand);
            NumericCode.Emit(_il, @operator);
            if (operation is "rotl" or "rotr") EmitBarrier(@operator.Operand);
        }

        PopMany(operands);
        PushResult(@operator.Result, @operator.IsArithmetic);
    }

    /// <summary>
    /// Adds a zero that the runtime does not know for one, where its optimizer (.NET 10.0) goes wrong: it takes the
    /// processor's zero flag for the result of a rotation by a constant, which does not set it; and it makes a load of four
    /// bytes of one of one or two bytes whose value is reinterpreted as a float. Random programs found both.
    /// </summary>
    private void EmitBarrier(ValueKind kind)
    {
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldfld, Members.StoreZero);
        if (kind == ValueKind.I32) _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Add);
    }

    /// <summary>Leaves the quotient or the remainder on IL's stack.</summary>
    private void EmitDivision(ValueKind kind, string operation)
    {
        var divisor = _operands[^1];
        var isKnown = divisor.Place == Place.Constant;
        if (!isKnown || divisor.Value == 0)
        {
            Load(0);
            _il.Emit(OpCodes.Brfalse, Trap(TrapCode.IntegerDivideByZero));
        }

        // The processor faults on the smallest number divided by -1, also where the remainder is well defined.
        var mayFault = operation[^1] == 's' && (!isKnown || divisor.Value == -1);
        if (operation == "div_s" && mayFault) EmitOverflowCheck(kind);
        if (operation == "rem_s" && mayFault)
        {
            EmitCarefulRemainder(kind);
            return;
        }

        Load(1);
        Load(0);
        _il.Emit(operation switch { "div_s" => OpCodes.Div, "div_u" => OpCodes.Div_Un, "rem_s" => OpCodes.Rem, _ => OpCodes.Rem_Un });
    }

    private void EmitOverflowCheck(ValueKind kind)
    {
        var fine = _il.DefineLabel();
        Load(0);
        LoadConstant(kind, -1);
        _il.Emit(OpCodes.Bne_Un, fine);
        Load(1);
        LoadConstant(kind, kind == ValueKind.I32 ? int.MinValue : long.MinValue);
        _il.Emit(OpCodes.Beq, Trap(TrapCode.IntegerOverflow));
        _il.MarkLabel(fine);
    }

    private void EmitCarefulRemainder(ValueKind kind)
    {
        var result = Slot(Height, kind);
        var (byMinusOne, done) = (_il.DefineLabel(), _il.DefineLabel());
        Load(0);
        LoadConstant(kind, -1);
        _il.Emit(OpCodes.Beq, byMinusOne);
        Load(1);
        Load(0);
        _il.Emit(OpCodes.Rem);
        _il.Emit(OpCodes.Stloc, result);
        _il.MarkLabel(done);
        _rare.Add(() =>
        {
            _il.MarkLabel(byMinusOne);
            LoadConstant(kind, 0);
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Br, done);
        });
        _il.Emit(OpCodes.Ldloc, result);
    }

    /// <summary>Leaves the integer on IL's stack. Doubles hold every float, and bounds beyond every integer's range but the widest.</summary>
    private void EmitTruncation(NumericOperator @operator)
    {
        var isSigned = @operator.Name[^1] == 's';
        var (above, below) = (@operator.Result, isSigned) switch
        {
            (ValueKind.I32, true) => (-2147483649.0, 2147483648.0),
            (ValueKind.I32, false) => (-1.0, 4294967296.0),
            (_, true) => (Math.BitDecrement(-9223372036854775808.0), 9223372036854775808.0),
            _ => (-1.0, 18446744073709551616.0),
        };
        var value = Slot(Height, ValueKind.F64);
        Load(0);
        if (@operator.Operand == ValueKind.F32) _il.Emit(OpCodes.Conv_R8);
        _il.Emit(OpCodes.Stloc, value);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Bne_Un, Trap(TrapCode.InvalidConversionToInteger));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_R8, above);
        _il.Emit(OpCodes.Ble, Trap(TrapCode.IntegerOverflow));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_R8, below);
        _il.Emit(OpCodes.Bge, Trap(TrapCode.IntegerOverflow));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit((@operator.Result, isSigned) switch
        {
            (ValueKind.I32, true) => OpCodes.Conv_I4,
            (ValueKind.I32, false) => OpCodes.Conv_U4,
            (_, true) => OpCodes.Conv_I8,
            _ => OpCodes.Conv_U8,
        });
    }
}
