using System.Numerics;
using Map.Wasm.Binary;

namespace Map.Wasm.Validation;

/// <summary>Memory and tables.</summary>
internal sealed partial class FunctionValidator
{
    private void CheckAccess(in Instruction instruction)
    {
        Charge(1);
        UseMemory();
        var access = Operators.Memory(instruction.Opcode);
        if (instruction.First > BitOperations.Log2((uint)access.SizeBytes)) throw _stack.Refuse("alignment must not be larger than natural");
        if (instruction.Opcode >= Opcode.FirstStore)
        {
            _stack.Pop(access.Kind);
            _stack.Pop(ValueKind.I32);
            return;
        }

        _stack.Pop(ValueKind.I32);
        _stack.Push(access.Kind);
    }

    private void CheckMemory(in Instruction instruction)
    {
        Charge(1);
        if (instruction.Opcode != Opcode.DataDrop) UseMemory();
        switch (instruction.Opcode)
        {
            case Opcode.MemorySize:
                _stack.Push(ValueKind.I32);
                break;
            case Opcode.MemoryGrow:
                _stack.Pop(ValueKind.I32);
                _stack.Push(ValueKind.I32);
                break;
            case Opcode.DataDrop:
                Data(instruction.Index);
                break;
            case Opcode.MemoryInit:
                Data(instruction.Index);
                PopThree(ValueKind.I32);
                break;
            default:
                PopThree(ValueKind.I32);
                break;
        }
    }

    private void CheckTable(in Instruction instruction)
    {
        Charge(1);
        switch (instruction.Opcode)
        {
            case Opcode.TableGet:
                var element = Table(instruction.Index).Element;
                _stack.Pop(ValueKind.I32);
                _stack.Push(element);
                break;
            case Opcode.TableSet:
                _stack.Pop(Table(instruction.Index).Element);
                _stack.Pop(ValueKind.I32);
                break;
            case Opcode.TableSize:
                Table(instruction.Index);
                _stack.Push(ValueKind.I32);
                break;
            case Opcode.TableGrow:
                _stack.Pop(ValueKind.I32);
                _stack.Pop(Table(instruction.Index).Element);
                _stack.Push(ValueKind.I32);
                break;
            case Opcode.TableFill:
                _stack.Pop(ValueKind.I32);
                _stack.Pop(Table(instruction.Index).Element);
                _stack.Pop(ValueKind.I32);
                break;
            default:
                CheckSegments(instruction);
                break;
        }
    }

    private void CheckSegments(in Instruction instruction)
    {
        switch (instruction.Opcode)
        {
            case Opcode.ElementDrop:
                Elements(instruction.Index);
                break;
            case Opcode.TableInit:
                var table = Table(instruction.Second);
                if (Elements(instruction.Index).Kind != table.Element) throw _stack.Refuse("type mismatch: the segment and the table have different elements");
                PopThree(ValueKind.I32);
                break;
            default:
                if (Table(instruction.Index).Element != Table(instruction.Second).Element)
                    throw _stack.Refuse("type mismatch: the tables have different elements");
                PopThree(ValueKind.I32);
                break;
        }
    }

    private void PopThree(ValueKind kind)
    {
        for (var i = 0; i < 3; i++) _stack.Pop(kind);
    }

    private void UseMemory()
    {
        if (module.Memories.Count == 0) throw _stack.Refuse("unknown memory 0");
        _usesMemory = true;
    }

    private void Data(uint index)
    {
        if (module.DataCount is not { } count) throw ModuleException.Malformed(_stack.Offset, "data count section required");
        if (index >= (uint)count) throw _stack.Refuse($"unknown data segment {index}");
    }

    private ElementSegment Elements(uint index) =>
        index < (uint)module.Elements.Count ? module.Elements[(int)index] : throw _stack.Refuse($"unknown elem segment {index}");
}
