using System.Reflection.Emit;
using Map.Wasm.Execution;

namespace Map.Wasm.Compilation;

/// <summary>
/// The guest's operand stack. Every operation stores its result in a slot, an IL local for its height and kind, so that IL's
/// own stack is empty between operations and code may branch anywhere; the runtime's optimizer folds the slots away.
/// Reading a local or a constant yields no code until it is used.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private const long CanonicalNan64 = 0x7FF8_0000_0000_0000;
    private const int CanonicalNan32 = 0x7FC0_0000;

    private readonly List<Operand> _operands = [];
    private readonly Dictionary<(int Height, Type Type), LocalBuilder> _slots = [];

    // How many operands stand for each local, so that setting a local need not look through the stack.
    private int[] _uses = [];

    private int Height => _operands.Count;

    private LocalBuilder Slot(int height, ValueKind kind)
    {
        var key = (height, kind.ClrType());
        if (!_slots.TryGetValue(key, out var slot)) _slots[key] = slot = _il.DeclareLocal(key.Item2);
        return slot;
    }

    private void Push(Operand operand)
    {
        if (operand.Place == Place.Local) _uses[operand.Value]++;
        _operands.Add(operand);
    }

    private Operand Pop()
    {
        var operand = _operands[^1];
        if (operand.Place == Place.Local) _uses[operand.Value]--;
        _operands.RemoveAt(_operands.Count - 1);
        return operand;
    }

    private void PopMany(int count)
    {
        for (; count > 0; count--) Pop();
    }

    /// <summary>Stores the value on IL's stack as a new operand.</summary>
    private void PushResult(ValueKind kind, bool hasOpenNan = false)
    {
        _il.Emit(OpCodes.Stloc, Slot(Height, kind));
        Push(new Operand(kind, Place.Slot, HasOpenNan: hasOpenNan));
    }

    /// <summary>Puts an operand on IL's stack; counted from the top, which is 0.</summary>
    private void Load(int fromTop) => LoadAt(Height - 1 - fromTop);

    private void LoadAt(int height)
    {
        var operand = _operands[height];
        switch (operand.Place)
        {
            case Place.Slot: _il.Emit(OpCodes.Ldloc, Slot(height, operand.Kind)); break;
            case Place.Local: LoadLocal((int)operand.Value); break;
            default: LoadConstant(operand.Kind, operand.Value); break;
        }
    }

    private void LoadConstant(ValueKind kind, long bits)
    {
        switch (kind)
        {
            case ValueKind.I32: _il.Emit(OpCodes.Ldc_I4, (int)bits); break;
            case ValueKind.I64: _il.Emit(OpCodes.Ldc_I8, bits); break;
            case ValueKind.F32 when float.IsNaN(BitConverter.Int32BitsToSingle((int)bits)):
                _il.Emit(OpCodes.Ldc_I4, (int)bits);
                _il.Emit(OpCodes.Call, ((Func<int, float>)Numerics.SingleOf).Method);
                break;
            case ValueKind.F32: _il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle((int)bits)); break;
            case ValueKind.F64 when double.IsNaN(BitConverter.Int64BitsToDouble(bits)):
                _il.Emit(OpCodes.Ldc_I8, bits);
                _il.Emit(OpCodes.Call, ((Func<long, double>)BitConverter.Int64BitsToDouble).Method);
                break;
            case ValueKind.F64: _il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits)); break;
            default: _il.Emit(OpCodes.Ldnull); break;
        }
    }

    /// <summary>Settles the NaNs among the topmost operands.</summary>
    private void Settle(int count)
    {
        for (var height = Height - count; height < Height; height++) SettleAt(height);
    }

    private void SettleAt(int height)
    {
        var operand = _operands[height];
        if (!operand.HasOpenNan) return;
        _operands[height] = operand with { HasOpenNan = false };
        var slot = Slot(height, operand.Kind);
        var (nan, back) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Ldloc, slot);
        _il.Emit(OpCodes.Ldloc, slot);
        _il.Emit(OpCodes.Bne_Un, nan);
        _il.MarkLabel(back);
        _rare.Add(() =>
        {
            _il.MarkLabel(nan);
            LoadConstant(operand.Kind, operand.Kind == ValueKind.F32 ? CanonicalNan32 : CanonicalNan64);
            _il.Emit(OpCodes.Stloc, slot);
            _il.Emit(OpCodes.Br, back);
        });
    }

    /// <summary>Puts an operand into its slot, if it is not there.</summary>
    private void StoreInSlot(int height)
    {
        SettleAt(height);
        var operand = _operands[height];
        if (operand.Place == Place.Slot) return;
        LoadAt(height);
        _il.Emit(OpCodes.Stloc, Slot(height, operand.Kind));
        if (operand.Place == Place.Local) _uses[operand.Value]--;
        _operands[height] = new Operand(operand.Kind, Place.Slot);
    }

    /// <summary>
    /// Before code that may run more than once or not at all: no operand may stand for a local any more, which that code
    /// may set.
    /// </summary>
    private void StoreLocalsInSlots()
    {
        for (var height = 0; height < Height; height++)
        {
            if (_operands[height].Place == Place.Local || _operands[height].HasOpenNan) StoreInSlot(height);
        }
    }

    /// <summary>Before a local is set: operands that stand for its present value take it along.</summary>
    private void StoreUsesOf(int local)
    {
        for (var height = 0; _uses[local] > 0 && height < Height; height++)
        {
            if (_operands[height].Place == Place.Local && _operands[height].Value == local) StoreInSlot(height);
        }
    }

    private void LoadLocal(int local)
    {
        if (local < _type.Parameters.Length) _il.Emit(OpCodes.Ldarg, (short)local);
        else _il.Emit(OpCodes.Ldloc, _locals[local - _type.Parameters.Length]);
    }

    private void StoreLocal(int local)
    {
        if (local < _type.Parameters.Length) _il.Emit(OpCodes.Starg, (short)local);
        else _il.Emit(OpCodes.Stloc, _locals[local - _type.Parameters.Length]);
    }

    private void LoadInstance() => _il.Emit(OpCodes.Ldarg, (short)_type.Parameters.Length);
}
