using System.Collections.Immutable;
using System.Reflection.Emit;
using Map.Wasm.Binary;

namespace Map.Wasm.Compilation;

/// <summary>Blocks and branches. A branch moves what it takes along to the slots at the height of its target.</summary>
internal sealed partial class FunctionCompiler
{
    private readonly List<Frame> _frames = [];
    private bool _isDead;
    private int _deadNesting;

    private sealed class Frame
    {
        public required Opcode Opcode { get; set; }

        public required ImmutableArray<ValueKind> Start { get; init; }

        public required ImmutableArray<ValueKind> End { get; init; }

        /// <summary>Operands below the block.</summary>
        public required int Height { get; init; }

        /// <summary>Where a branch goes: the beginning of a loop, the end of anything else.</summary>
        public required Label Target { get; init; }

        public Label Else { get; init; }

        /// <summary>Whether the end can be reached by a branch.</summary>
        public bool IsTargeted { get; set; }

        public ImmutableArray<ValueKind> Taken => Opcode == Opcode.Loop ? Start : End;
    }

    private void EmitControl(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Nop: break;
            case Opcode.Unreachable:
                _il.Emit(OpCodes.Br, Trap(TrapCode.Unreachable));
                _isDead = true;
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If: EmitOpening(instruction); break;
            case Opcode.Else: EmitElse(); break;
            case Opcode.End: EmitEnd(); break;
            case Opcode.Br: EmitBranch(instruction.Index); break;
            case Opcode.BrIf: EmitConditionalBranch(instruction.Index); break;
            case Opcode.BrTable: EmitBranchTable(instruction.Targets); break;
            default:
                EmitReturn();
                _isDead = true;
                break;
        }
    }

    private void EmitOpening(in Instruction instruction)
    {
        var (start, end) = BlockType(instruction.First);
        if (instruction.Opcode == Opcode.If) Settle(1);
        var condition = instruction.Opcode == Opcode.If ? Pop() : default;
        var conditionHeight = Height;
        StoreLocalsInSlots();
        if (instruction.Opcode != Opcode.Block)
            for (var height = Height - start.Length; height < Height; height++) StoreInSlot(height);
        OpenFrame(instruction.Opcode, start, end);
        if (instruction.Opcode == Opcode.Block) return;
        if (instruction.Opcode == Opcode.Loop)
        {
            _il.MarkLabel(_frames[^1].Target);
            Charge();
            EmitFuelCheck();
            return;
        }

        LoadPopped(condition, conditionHeight);
        _il.Emit(OpCodes.Brfalse, _frames[^1].Else);
        Charge();
    }

    private void OpenFrame(Opcode opcode, ImmutableArray<ValueKind> start, ImmutableArray<ValueKind> end) => _frames.Add(new Frame
    {
        Opcode = opcode,
        Start = start,
        End = end,
        Height = Height - start.Length,
        Target = _il.DefineLabel(),
        Else = opcode == Opcode.If ? _il.DefineLabel() : default,
    });

    private void EmitElse()
    {
        var frame = _frames[^1];
        if (!_isDead)
        {
            MoveTaken(frame);
            frame.IsTargeted = true;
            _il.Emit(OpCodes.Br, frame.Target);
        }

        _isDead = false;
        frame.Opcode = Opcode.Else;
        _il.MarkLabel(frame.Else);
        ResetTo(frame.Height, frame.Start);
        Charge();
    }

    private void EmitEnd()
    {
        var frame = _frames[^1];
        _frames.RemoveAt(_frames.Count - 1);
        if (_frames.Count == 0)
        {
            if (!_isDead) EmitReturn();
            return;
        }

        // The arm that an if without else does not have leads to its end, with its parameters in their slots.
        if (frame.Opcode == Opcode.If) frame.IsTargeted = true;
        if (frame.IsTargeted && frame.Opcode != Opcode.Loop)
        {
            if (!_isDead) MoveTaken(frame);
            if (frame.Opcode == Opcode.If) _il.MarkLabel(frame.Else);
            _il.MarkLabel(frame.Target);
            _isDead = false;
            ResetTo(frame.Height, frame.End);
        }
        else if (_isDead)
        {
            ResetTo(frame.Height, []);
            return;
        }

        Charge();
    }

    private void EmitBranch(uint depth)
    {
        JumpTo(depth);
        _isDead = true;
    }

    private void EmitConditionalBranch(uint depth)
    {
        var frame = _frames[^(int)(depth + 1)];
        var height = Height - 1;
        var condition = Pop();
        Settle(frame.Taken.Length);
        if (depth + 1 < _frames.Count && IsInPlace(frame))
        {
            frame.IsTargeted = true;
            LoadPopped(condition, height);
            _il.Emit(OpCodes.Brtrue, frame.Target);
            return;
        }

        var stay = _il.DefineLabel();
        LoadPopped(condition, height);
        _il.Emit(OpCodes.Brfalse, stay);
        JumpTo(depth);
        _il.MarkLabel(stay);
    }

    private void EmitBranchTable(uint[] targets)
    {
        var height = Height - 1;
        var index = Pop();
        Settle(_frames[^(int)(targets[^1] + 1)].Taken.Length);
        var stubs = targets.Distinct().ToDictionary(depth => depth, _ => _il.DefineLabel());
        LoadPopped(index, height);
        _il.Emit(OpCodes.Switch, [.. targets[..^1].Select(depth => stubs[depth])]);
        _il.Emit(OpCodes.Br, stubs[targets[^1]]);
        foreach (var (depth, stub) in stubs)
        {
            _il.MarkLabel(stub);
            JumpTo(depth);
        }

        _isDead = true;
    }

    private void JumpTo(uint depth)
    {
        if (depth + 1 == _frames.Count)
        {
            EmitReturn();
            return;
        }

        var frame = _frames[^(int)(depth + 1)];
        MoveTaken(frame);
        frame.IsTargeted = true;
        _il.Emit(OpCodes.Br, frame.Target);
    }

    private bool IsInPlace(Frame frame)
    {
        if (Height != frame.Height + frame.Taken.Length) return frame.Taken.Length == 0;
        for (var i = 0; i < frame.Taken.Length; i++)
            if (_operands[frame.Height + i].Place != Place.Slot) return false;
        return true;
    }

    /// <summary>Moves the topmost operands to the slots of a branch's target; the stack stays as it is for the code after it.</summary>
    private void MoveTaken(Frame frame)
    {
        var count = frame.Taken.Length;
        Settle(count);
        for (var i = 0; i < count; i++)
        {
            var source = Height - count + i;
            if (source == frame.Height + i && _operands[source].Place == Place.Slot) continue;
            // Sources never lie below their targets, so that none is overwritten before it is read.
            LoadAt(source);
            _il.Emit(OpCodes.Stloc, Slot(frame.Height + i, frame.Taken[i]));
        }
    }

    private void EmitReturn()
    {
        var results = _type.Results;
        Settle(results.Length);
        if (results.Length > 1)
        {
            for (var i = 0; i < results.Length; i++)
            {
                _il.Emit(OpCodes.Ldloc, _store);
                _il.Emit(OpCodes.Ldc_I4, i);
                Load(results.Length - 1 - i);
                _il.Emit(OpCodes.Call, Members.PutResult(results[i]));
            }
        }

        WriteFuelBack();
        if (results.Length == 1) Load(0);
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Passes over code that cannot be reached.</summary>
    private void Skip(Opcode opcode)
    {
        if (opcode is Opcode.Block or Opcode.Loop or Opcode.If) _deadNesting++;
        else if (opcode == Opcode.Else && _deadNesting == 0) EmitElse();
        else if (opcode == Opcode.End && _deadNesting == 0) EmitEnd();
        else if (opcode == Opcode.End) _deadNesting--;
    }

    private void ResetTo(int height, ImmutableArray<ValueKind> kinds)
    {
        PopMany(Height - height);
        foreach (var kind in kinds) Push(new Operand(kind, Place.Slot));
    }

    private void LoadPopped(Operand operand, int height)
    {
        switch (operand.Place)
        {
            case Place.Slot: _il.Emit(OpCodes.Ldloc, Slot(height, operand.Kind)); break;
            case Place.Local: LoadLocal((int)operand.Value); break;
            default: LoadConstant(operand.Kind, operand.Value); break;
        }
    }

    private (ImmutableArray<ValueKind> Start, ImmutableArray<ValueKind> End) BlockType(long code)
    {
        if (code >= 0) return (_module.Types[(int)code].Parameters, _module.Types[(int)code].Results);
        var kind = ValueKinds.FromCode((int)(code & 0x7F));
        return kind == ValueKind.Unknown ? ([], []) : ([], [kind]);
    }
}
