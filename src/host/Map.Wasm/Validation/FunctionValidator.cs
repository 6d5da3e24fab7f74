using System.Collections.Immutable;
using Map.Wasm.Binary;

namespace Map.Wasm.Validation;

/// <summary>
/// Validates the code of one function after the other, by the algorithm of the specification's appendix, and finds out on
/// the way what the compiler must know beforehand.
/// </summary>
internal sealed partial class FunctionValidator(ModuleDefinition module, ModuleLimits limits)
{
    // A fuel unit is about an instruction. Zeroing locals and moving results are charged by their number.
    private const int LocalsPerFuel = 8;

    private static readonly ImmutableArray<ValueKind> None = [];

    private readonly OperandStack _stack = new(limits);
    private readonly List<int> _blockCosts = [];
    private ValueKind[] _locals = [];
    private FunctionType _type = null!;
    private bool _hasLoop;
    private bool _hasCall;
    private bool _usesMemory;

    /// <summary>Validates a function.</summary>
    /// <exception cref="ModuleException">It is invalid or malformed.</exception>
    public CodeFacts Validate(FunctionBody body, FunctionType type)
    {
        _type = type;
        _locals = [.. type.Parameters, .. body.Locals];
        (_hasLoop, _hasCall, _usesMemory) = (false, false, false);
        _blockCosts.Clear();
        _blockCosts.Add(1 + (_locals.Length / LocalsPerFuel));
        _stack.Clear();
        _stack.Open(Opcode.Block, None, type.Results);
        var cursor = new ByteCursor(module.Bytes, body.Start, body.End);
        var reader = new InstructionReader(cursor, limits);
        while (!_stack.IsEmpty)
        {
            reader.Read(out var instruction);
            _stack.Offset = instruction.Offset;
            Check(instruction);
        }

        if (!cursor.IsAtEnd) throw ModuleException.Malformed(cursor.Position, "end of function expected: section size mismatch");
        return new CodeFacts([.. _blockCosts], _hasLoop, _hasCall, _usesMemory);
    }

    private void Check(in Instruction instruction)
    {
        var opcode = instruction.Opcode;
        if (Operators.IsNumeric(opcode)) CheckNumeric(Operators.Numeric(opcode));
        else if (Operators.IsMemory(opcode)) CheckAccess(instruction);
        else if (opcode <= Opcode.CallIndirect) CheckControl(instruction);
        else if (opcode is >= Opcode.LocalGet and <= Opcode.GlobalSet) CheckVariable(instruction);
        else if (opcode is >= Opcode.I32Const and <= Opcode.F64Const) PushConstant(opcode);
        else if (opcode is Opcode.Drop or Opcode.Select or Opcode.SelectTyped) CheckParametric(instruction);
        else if (opcode is Opcode.RefNull or Opcode.RefIsNull or Opcode.RefFunc) CheckReference(instruction);
        else if (opcode is Opcode.TableGet or Opcode.TableSet or >= Opcode.TableInit) CheckTable(instruction);
        else CheckMemory(instruction);
    }

    private void Charge(int fuel) => _blockCosts[^1] += fuel;

    private void CheckNumeric(NumericOperator @operator)
    {
        Charge(1);
        _stack.Pop(@operator.Operand);
        if (@operator.IsBinary) _stack.Pop(@operator.Operand);
        _stack.Push(@operator.Result);
    }

    private void PushConstant(Opcode opcode) => _stack.Push(opcode switch
    {
        Opcode.I32Const => ValueKind.I32,
        Opcode.I64Const => ValueKind.I64,
        Opcode.F32Const => ValueKind.F32,
        _ => ValueKind.F64,
    });

    private void CheckVariable(in Instruction instruction)
    {
        Charge(1);
        switch (instruction.Opcode)
        {
            case Opcode.LocalGet: _stack.Push(Local(instruction.Index)); break;
            case Opcode.LocalSet: _stack.Pop(Local(instruction.Index)); break;
            case Opcode.LocalTee:
                var kind = Local(instruction.Index);
                _stack.Pop(kind);
                _stack.Push(kind);
                break;
            case Opcode.GlobalGet: _stack.Push(Global(instruction.Index).Content); break;
            default:
                var global = Global(instruction.Index);
                if (!global.IsMutable) throw _stack.Refuse("global is immutable");
                _stack.Pop(global.Content);
                break;
        }
    }

    private void CheckParametric(in Instruction instruction)
    {
        Charge(1);
        if (instruction.Opcode == Opcode.Drop)
        {
            _stack.Pop();
            return;
        }

        _stack.Pop(ValueKind.I32);
        if (instruction.Opcode == Opcode.SelectTyped)
        {
            var kind = (ValueKind)instruction.First;
            _stack.Pop(kind);
            _stack.Pop(kind);
            _stack.Push(kind);
            return;
        }

        var (second, first) = (_stack.Pop(), _stack.Pop());
        if (first.IsReference() || second.IsReference()) throw _stack.Refuse("type mismatch: select of references must say their type");
        if (first != second && first != ValueKind.Unknown && second != ValueKind.Unknown)
            throw _stack.Refuse($"type mismatch: select between {first.Name()} and {second.Name()}");
        _stack.Push(first == ValueKind.Unknown ? second : first);
    }

    private void CheckReference(in Instruction instruction)
    {
        Charge(1);
        switch (instruction.Opcode)
        {
            case Opcode.RefNull:
                _stack.Push((ValueKind)instruction.First);
                break;
            case Opcode.RefIsNull:
                var kind = _stack.Pop();
                if (!kind.IsReference() && kind != ValueKind.Unknown) throw _stack.Refuse($"type mismatch: expected a reference, found {kind.Name()}");
                _stack.Push(ValueKind.I32);
                break;
            default:
                Function(instruction.Index);
                if (!module.DeclaredFunctions.Contains((int)instruction.Index)) throw _stack.Refuse($"undeclared function reference {instruction.Index}");
                _stack.Push(ValueKind.FuncRef);
                break;
        }
    }

    private ValueKind Local(uint index) =>
        index < (uint)_locals.Length ? _locals[index] : throw _stack.Refuse($"unknown local {index}");

    private GlobalType Global(uint index) =>
        index < (uint)module.Globals.Count ? module.Globals[(int)index] : throw _stack.Refuse($"unknown global {index}");

    private FunctionType Function(uint index) =>
        index < (uint)module.Functions.Count ? module.Functions[(int)index] : throw _stack.Refuse($"unknown function {index}");

    private FunctionType TypeAt(uint index) =>
        index < (uint)module.Types.Count ? module.Types[(int)index] : throw _stack.Refuse($"unknown type {index}");

    private TableType Table(uint index) =>
        index < (uint)module.Tables.Count ? module.Tables[(int)index] : throw _stack.Refuse($"unknown table {index}");
}
