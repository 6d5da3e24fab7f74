using System.Reflection.Emit;

namespace Map.Wasm.Compilation;

/// <summary>
/// Fuel and stack. A function with a loop keeps the fuel in an IL local, that is, in a register, and writes it back where
/// others look at it: before calls, traps and its end. Other functions count the store's field down. A block is
/// charged where it begins, so that what runs is always paid for; the trap for want of fuel waits for the next check.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private LocalBuilder _store = null!;
    private LocalBuilder _fuel = null!;
    private Label? _stop;

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
        Charge();
        EmitFuelCheck();
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
    private void Charge() => Charge(_facts.BlockCosts[_block]);

    private void Charge(int cost)
    {
        if (cost == 0) return;
        if (KeepsFuel)
        {
            _il.Emit(OpCodes.Ldloc, _fuel);
            _il.Emit(OpCodes.Ldc_I8, (long)cost);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Stloc, _fuel);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldfld, Members.StoreFuelLeft);
        _il.Emit(OpCodes.Ldc_I8, (long)cost);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stfld, Members.StoreFuelLeft);
    }

    /// <summary>
    /// Goes on only with fuel left, and before the deadline. This stands at the entry of functions and at the head of loops;
    /// all that runs without end passes there. It never returns from anywhere: a call that might would cost the loop its
    /// registers.
    /// </summary>
    private void EmitFuelCheck()
    {
        if (KeepsFuel)
        {
            _il.Emit(OpCodes.Ldloc, _fuel);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _store);
            _il.Emit(OpCodes.Ldfld, Members.StoreFuelLeft);
        }

        _il.Emit(OpCodes.Ldloc, _store);
        // The runtime must not take this for constant in a loop.
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldfld, Members.StoreFuelFloor);
        _il.Emit(OpCodes.Blt, Stop());
    }

    /// <summary>Where to branch when the guest may not go on.</summary>
    private Label Stop()
    {
        _stop ??= _il.DefineLabel();
        return _stop.Value;
    }

    private void EmitStop()
    {
        if (_stop is not { } stop) return;
        _il.MarkLabel(stop);
        WriteFuelBack();
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Call, Members.StoreStop);
        _il.Emit(OpCodes.Throw);
    }

    private void StoreFuel()
    {
        _il.Emit(OpCodes.Ldloc, _store);
        _il.Emit(OpCodes.Ldloc, _fuel);
        _il.Emit(OpCodes.Stfld, Members.StoreFuelLeft);
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
        _il.Emit(OpCodes.Ldfld, Members.StoreFuelLeft);
        _il.Emit(OpCodes.Stloc, _fuel);
    }
}
