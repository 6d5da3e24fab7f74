using System.Collections.Immutable;
using Map.Wasm.Binary;

namespace Map.Wasm.Validation;

/// <summary>Blocks, branches and calls.</summary>
internal sealed partial class FunctionValidator
{
    private void CheckControl(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                Charge(1);
                _stack.MarkUnreachable();
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If:
                CheckOpening(instruction);
                break;
            case Opcode.Else:
                CheckElse();
                break;
            case Opcode.End:
                CheckEnd();
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.Return:
                CheckBranch(instruction);
                break;
            case Opcode.BrTable:
                CheckBranchTable(instruction.Targets);
                break;
            default:
                CheckCall(instruction);
                break;
        }
    }

    private void CheckOpening(in Instruction instruction)
    {
        if (instruction.Opcode == Opcode.If)
        {
            Charge(1);
            _stack.Pop(ValueKind.I32);
        }

        var (start, end) = BlockType(instruction.First);
        _stack.Pop(start);
        _stack.Open(instruction.Opcode, start, end);
        if (instruction.Opcode == Opcode.Loop) _hasLoop = true;
        if (instruction.Opcode != Opcode.Block) _blockCosts.Add(0);
    }

    private void CheckElse()
    {
        if (_stack.Top.Opcode != Opcode.If) throw ModuleException.Malformed(_stack.Offset, "else without if: end opcode expected");
        var frame = _stack.Close();
        _stack.Open(Opcode.Else, frame.Start, frame.End);
        _blockCosts.Add(0);
    }

    private void CheckEnd()
    {
        var frame = _stack.Close();
        if (frame.Opcode == Opcode.If && !frame.Start.AsSpan().SequenceEqual(frame.End.AsSpan()))
            throw _stack.Refuse("type mismatch: an if without else must yield what it takes");
        if (!_stack.IsEmpty) _stack.Push(frame.End);
        _blockCosts.Add(0);
    }

    private void CheckBranch(in Instruction instruction)
    {
        if (instruction.Opcode == Opcode.Return)
        {
            Charge(1 + _type.Results.Length);
            _stack.Pop(_type.Results);
            _stack.MarkUnreachable();
            return;
        }

        if (instruction.Opcode == Opcode.BrIf) _stack.Pop(ValueKind.I32);
        var label = _stack.Label(instruction.Index).Label;
        Charge(1 + label.Length);
        if (instruction.Opcode == Opcode.Br)
        {
            _stack.Pop(label);
            _stack.MarkUnreachable();
        }
        else
        {
            _stack.Pop(label);
            _stack.Push(label);
        }
    }

    private void CheckBranchTable(uint[] targets)
    {
        _stack.Pop(ValueKind.I32);
        var arity = _stack.Label(targets[^1]).Label.Length;
        Charge(1 + arity);
        foreach (var target in targets)
        {
            var label = _stack.Label(target).Label;
            if (label.Length != arity) throw _stack.Refuse("type mismatch: targets of br_table take different numbers of values");
            _stack.Peek(label);
        }

        _stack.Pop(_stack.Label(targets[^1]).Label);
        _stack.MarkUnreachable();
    }

    private void CheckCall(in Instruction instruction)
    {
        _hasCall = true;
        FunctionType type;
        if (instruction.Opcode == Opcode.Call)
        {
            type = Function(instruction.Index);
        }
        else
        {
            var table = Table(instruction.Second);
            if (table.Element != ValueKind.FuncRef) throw _stack.Refuse("type mismatch: an indirect call needs a table of funcref");
            type = TypeAt(instruction.Index);
            _stack.Pop(ValueKind.I32);
        }

        Charge(1 + type.Parameters.Length + type.Results.Length);
        _stack.Pop(type.Parameters);
        _stack.Push(type.Results);
    }

    private (ImmutableArray<ValueKind> Start, ImmutableArray<ValueKind> End) BlockType(long code)
    {
        if (code < 0) return ValueKinds.FromCode((int)(code & 0x7F)) is var kind && kind == ValueKind.Unknown ? (None, None) : (None, [kind]);
        var type = TypeAt((uint)code);
        return (type.Parameters, type.Results);
    }
}
