using System.Reflection.Emit;

namespace Map.Wasm.Compilation;

/// <summary>
/// Fuel and stack. A function with a loop keeps the fuel in an IL local, that is, in a register, and writes it back where
/// others look at it: before calls, traps and its end. Other functions count the store's field down.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private LocalBuilder _store = null!;
    private LocalBuilder _fuel = null!;

    private bool KeepsFuel => _facts.HasLoop;

    private void EmitMeteringEntry()
    {
        _store = _il.DeclareLocal(typeof(Store));
        _fuel = _il.DeclareLocal(typeof(long));
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, Members.InstanceStore);
        _il.Emit(OpCodes.Stloc, _store);
        if (_facts.HasCall) EmitStackCheck();
        ReadFuel();
    }

    /// <summary>
    /// Compares the address of a local with the limit. A function that calls no other fits into the reserve below the limit.
    /// </summary>
    private void EmitStackCheck()
    {
        var here = _il.DeclareLocal(typeof(int));
        _il.Emit(OpCodes.Ldloca, here);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldfld, Members.StoreStackLimit);
        _il.Emit(OpCodes.Blt_Un, Trap(TrapCode.StackExhausted));
    }

    /// <summary>Charges for the extended basic block that begins here.</summary>
    private void Charge()
    {
        var cost = _facts.BlockCosts[_block];
        if (cost == 0) return;
        if (KeepsFuel)
        {
            _il.Emit(OpCodes.Ldloc, _fuel);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _store);
            _il.Emit(OpCodes.Ldfld, Members.StoreSliceFuel);
        }

        _il.Emit(OpCodes.Ldc_I8, (long)cost);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _fuel);
        if (!KeepsFuel) StoreFuel();
        var (empty, back) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Ldloc, _fuel);
        _il.Emit(OpCodes.Ldc_I8, 0L);
        _il.Emit(OpCodes.Blt, empty);
        _il.MarkLabel(back);
        _rare.Add(() => EmitRefuel(empty, back));
    }

    private void EmitRefuel(Label empty, Label back)
    {
        _il.MarkLabel(empty);
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldloc, _fuel);
        _il.Emit(OpCodes.Call, Members.StoreRefuel);
        _il.Emit(OpCodes.Stloc, _fuel);
        if (!KeepsFuel) StoreFuel();
        _il.Emit(OpCodes.Br, back);
    }

    private void StoreFuel()
    {
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldloc, _fuel);
        _il.Emit(OpCodes.Stfld, Members.StoreSliceFuel);
    }

    /// <summary>Before others look at the fuel.</summary>
    private void WriteFuelBack()
    {
        if (KeepsFuel) StoreFuel();
    }

    /// <summary>After others may have used some.</summary>
    private void ReadFuel()
    {
        if (!KeepsFuel) return;
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldfld, Members.StoreSliceFuel);
        _il.Emit(OpCodes.Stloc, _fuel);
    }
}
