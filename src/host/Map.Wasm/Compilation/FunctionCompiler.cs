using System.Reflection.Emit;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>
/// Compiles the code of one function after the other to IL. The code is valid, so nothing is checked again; what cannot be
/// reached is passed over.
/// </summary>
internal sealed partial class FunctionCompiler(ModuleLayout layout, ModuleLimits limits)
{
    private readonly ModuleDefinition _module = layout.Module;
    private readonly List<Action> _rare = [];
    private readonly Dictionary<TrapCode, Label> _traps = [];
    private ILGenerator _il = null!;
    private FunctionType _type = null!;
    private CodeFacts _facts = null!;
    private ValueKind[] _kinds = [];
    private LocalBuilder[] _locals = [];
    private LocalBuilder? _elements;
    private LocalBuilder? _callee;
    private int _block;

    /// <summary>Emits the method of a function.</summary>
    public void Compile(int index, FunctionBody body)
    {
        Begin(index, body);
        EmitEntry(body);
        var reader = new InstructionReader(new ByteCursor(_module.Bytes, body.Start, body.End), limits);
        do
        {
            reader.Read(out var instruction);
            if (instruction.Opcode is Opcode.Loop or Opcode.If or Opcode.Else or Opcode.End) _block++;
            if (_isDead) Skip(instruction.Opcode);
            else Emit(instruction);
        }
        while (_frames.Count > 0);
        EmitRarePaths();
    }

    private void Begin(int index, FunctionBody body)
    {
        _il = layout.Methods[index].GetILGenerator(Math.Max(64, (body.End - body.Start) * 4));
        _type = _module.Functions[index];
        _facts = body.Facts!;
        _kinds = [.. _type.Parameters, .. body.Locals];
        _uses = new int[_kinds.Length];
        _operands.Clear();
        _slots.Clear();
        _rare.Clear();
        _traps.Clear();
        _frames.Clear();
        (_elements, _callee, _stop) = (null, null, null);
        _block = 0;
        _isDead = false;
        _locals = [.. body.Locals.Select(kind => _il.DeclareLocal(kind.ClrType()))];
    }

    private void EmitEntry(FunctionBody body)
    {
        EmitMeteringEntry();
        for (var i = 0; i < body.Locals.Length; i++)
        {
            LoadConstant(body.Locals[i], 0);
            _il.Emit(OpCodes.Stloc, _locals[i]);
        }

        if (_facts.UsesMemory) EmitMemoryEntry();
        OpenFrame(Opcode.Block, [], _type.Results);
    }

    private void Emit(in Instruction instruction)
    {
        var opcode = instruction.Opcode;
        if (Operators.IsNumeric(opcode)) EmitNumeric(Operators.Numeric(opcode));
        else if (opcode is >= Opcode.FirstLoad and <= Opcode.LastLoad) EmitLoad(instruction, Operators.Memory(opcode));
        else if (opcode is >= Opcode.FirstStore and <= Opcode.LastStore) EmitStore(instruction, Operators.Memory(opcode));
        else if (opcode < Opcode.Call) EmitControl(instruction);
        else if (opcode == Opcode.Call) EmitCall((int)instruction.Index);
        else if (opcode == Opcode.CallIndirect) EmitIndirectCall((int)instruction.Index, (int)instruction.Second);
        else if (opcode is >= Opcode.I32Const and <= Opcode.F64Const) Push(new Operand(ConstantKind(opcode), Place.Constant, instruction.Bits));
        else if (opcode is >= Opcode.Drop and <= Opcode.GlobalSet) EmitVariable(instruction);
        else EmitRuntimeCall(instruction);
    }

    private static ValueKind ConstantKind(Opcode opcode) => opcode switch
    {
        Opcode.I32Const => ValueKind.I32,
        Opcode.I64Const => ValueKind.I64,
        Opcode.F32Const => ValueKind.F32,
        _ => ValueKind.F64,
    };

    private void EmitVariable(in Instruction instruction)
    {
        var index = (int)instruction.Index;
        switch (instruction.Opcode)
        {
            case Opcode.Drop: Pop(); break;
            case Opcode.Select or Opcode.SelectTyped: EmitSelect(); break;
            case Opcode.LocalGet: Push(new Operand(_kinds[index], Place.Local, index)); break;
            case Opcode.LocalSet: EmitLocalSet(index); break;
            case Opcode.LocalTee:
                EmitLocalSet(index);
                Push(new Operand(_kinds[index], Place.Local, index));
                break;
            case Opcode.GlobalGet:
                EmitGlobal(index);
                _il.Emit(OpCodes.Ldfld, Members.CellField(_module.Globals[index].Content));
                PushResult(_module.Globals[index].Content);
                break;
            default:
                Settle(1);
                EmitGlobal(index);
                Load(0);
                _il.Emit(OpCodes.Stfld, Members.CellField(_module.Globals[index].Content));
                Pop();
                break;
        }
    }

    private void EmitGlobal(int index)
    {
        LoadInstance();
        _il.Emit(OpCodes.Ldfld, layout.Global(index));
        _il.Emit(OpCodes.Ldflda, Members.GlobalCellField);
    }

    private void EmitLocalSet(int local)
    {
        Settle(1);
        var height = Height - 1;
        var operand = Pop();
        if (operand.Place == Place.Local && operand.Value == local) return;
        StoreUsesOf(local);
        // Popped above, so that its own use does not count; its slot is untouched.
        if (operand.Place == Place.Slot) _il.Emit(OpCodes.Ldloc, Slot(height, operand.Kind));
        else if (operand.Place == Place.Local) LoadLocal((int)operand.Value);
        else LoadConstant(operand.Kind, operand.Value);
        StoreLocal(local);
    }

    private void EmitSelect()
    {
        Settle(1 + 2);
        var first = Height - 3;
        StoreInSlot(first);
        var keep = _il.DefineLabel();
        Load(0);
        _il.Emit(OpCodes.Brtrue, keep);
        Load(1);
        _il.Emit(OpCodes.Stloc, Slot(first, _operands[first].Kind));
        _il.MarkLabel(keep);
        PopMany(2);
    }

    private void EmitRarePaths()
    {
        // Rare paths may ask for traps, and those are emitted last.
        foreach (var emit in _rare) emit();
        EmitStop();
        foreach (var (code, label) in _traps)
        {
            _il.MarkLabel(label);
            if (code != TrapCode.StackExhausted) WriteFuelBack();
            _il.Emit(OpCodes.Ldc_I4, (int)code);
            _il.Emit(OpCodes.Call, Members.CreateTrap);
            _il.Emit(OpCodes.Throw);
        }
    }

    /// <summary>Where to branch for a trap.</summary>
    private Label Trap(TrapCode code)
    {
        if (!_traps.TryGetValue(code, out var label)) _traps[code] = label = _il.DefineLabel();
        return label;
    }
}
