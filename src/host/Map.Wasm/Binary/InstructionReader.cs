namespace Map.Wasm.Binary;

/// <summary>Reads the instructions of one function body or constant expression.</summary>
internal sealed class InstructionReader(ByteCursor cursor, ModuleLimits limits)
{
    private const byte Prefix = 0xFC;
    private const int EmptyBlockType = -64;

    private int _offset;
    private long _first;
    private uint _second;
    private long _bits;
    private uint[] _targets = [];

    /// <summary>Reads the next instruction.</summary>
    /// <exception cref="ModuleException">It is malformed or of a feature that the engine does not have.</exception>
    public void Read(out Instruction instruction)
    {
        _offset = cursor.Position;
        (_first, _second, _bits, _targets) = (0, 0, 0, []);
        var code = cursor.ReadByte();
        var opcode = code == Prefix ? ReadPrefixed() : (Opcode)code;
        ReadImmediates(opcode);
        instruction = new Instruction(opcode, _offset, _first, _second, _bits, _targets);
    }

    private Opcode ReadPrefixed()
    {
        var code = cursor.ReadU32();
        return code <= (Opcode.TableFill - Opcode.FirstSaturating)
            ? (Opcode)((uint)Opcode.FirstSaturating + code)
            : throw ModuleException.Malformed(_offset, $"illegal opcode 0xfc 0x{code:x}");
    }

    private void ReadImmediates(Opcode opcode)
    {
        if (Operators.IsNumeric(opcode)) return;
        if (Operators.IsMemory(opcode))
        {
            ReadAccess();
            return;
        }

        switch (opcode)
        {
            case Opcode.Unreachable or Opcode.Nop or Opcode.Else or Opcode.End or Opcode.Return or Opcode.Drop or Opcode.Select or Opcode.RefIsNull:
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If:
                _first = ReadBlockType();
                break;
            case Opcode.Br or Opcode.BrIf or Opcode.Call or Opcode.RefFunc or (>= Opcode.LocalGet and <= Opcode.TableSet):
            case Opcode.DataDrop or Opcode.ElementDrop or Opcode.TableGrow or Opcode.TableSize or Opcode.TableFill:
                _first = cursor.ReadU32();
                break;
            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                ReadConstant(opcode);
                break;
            default:
                ReadOther(opcode);
                break;
        }
    }

    private void ReadOther(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.BrTable:
                ReadTargets();
                break;
            case Opcode.CallIndirect or Opcode.TableInit or Opcode.TableCopy:
                _first = cursor.ReadU32();
                _second = cursor.ReadU32();
                break;
            case Opcode.SelectTyped:
                ReadSelectKind();
                break;
            case Opcode.RefNull:
                _first = (long)ReadReferenceKind(cursor);
                break;
            case Opcode.MemorySize or Opcode.MemoryGrow or Opcode.MemoryFill:
                ReadZero();
                break;
            case Opcode.MemoryCopy:
                ReadZero();
                ReadZero();
                break;
            case Opcode.MemoryInit:
                _first = cursor.ReadU32();
                ReadZero();
                break;
            default:
                throw Features.Of((byte)opcode) is { } feature
                    ? ModuleException.Unsupported(_offset, feature)
                    : ModuleException.Malformed(_offset, $"illegal opcode 0x{(int)opcode:x2}");
        }
    }

    private void ReadAccess()
    {
        var offset = cursor.Position;
        _first = cursor.ReadU32();
        if (_first is >= 64 and < 128) throw ModuleException.Unsupported(offset, "an access to a numbered memory (multi-memory)");
        if (_first >= 32) throw ModuleException.Malformed(offset, "malformed memop flags");
        _second = cursor.ReadU32();
    }

    private void ReadConstant(Opcode opcode) => _bits = opcode switch
    {
        Opcode.I32Const => cursor.ReadS32(),
        Opcode.I64Const => cursor.ReadS64(),
        Opcode.F32Const => cursor.ReadFixed32(),
        _ => (long)cursor.ReadFixed64(),
    };

    /// <summary>A type index, or the negative code of no result or of one.</summary>
    private long ReadBlockType()
    {
        var offset = cursor.Position;
        var type = cursor.ReadS33();
        if (type >= 0 || type == EmptyBlockType) return type;
        if (ValueKinds.FromCode((int)(type & 0x7F)) != ValueKind.Unknown && type >= EmptyBlockType) return type;
        throw Features.OfType((byte)(type & 0x7F)) is { } feature && type >= EmptyBlockType
            ? ModuleException.Unsupported(offset, feature)
            : ModuleException.Malformed(offset, "malformed block type");
    }

    private void ReadTargets()
    {
        var count = cursor.ReadCount("targets of br_table", limits.MaxBranchTargets);
        _targets = new uint[count + 1];
        for (var i = 0; i <= count; i++) _targets[i] = cursor.ReadU32();
    }

    private void ReadSelectKind()
    {
        var offset = cursor.Position;
        if (cursor.ReadU32() != 1) throw ModuleException.Invalid(offset, "invalid result arity of select");
        _first = (long)ReadKind(cursor);
    }

    private void ReadZero()
    {
        var offset = cursor.Position;
        if (cursor.ReadByte() != 0) throw ModuleException.Malformed(offset, "zero byte expected");
    }

    /// <summary>Reads the kind of a value.</summary>
    public static ValueKind ReadKind(ByteCursor cursor)
    {
        var offset = cursor.Position;
        var code = cursor.ReadByte();
        var kind = ValueKinds.FromCode(code);
        if (kind != ValueKind.Unknown) return kind;
        throw Features.OfType(code) is { } feature
            ? ModuleException.Unsupported(offset, feature)
            : ModuleException.Malformed(offset, $"malformed value type 0x{code:x2}");
    }

    /// <summary>Reads the kind of a reference.</summary>
    public static ValueKind ReadReferenceKind(ByteCursor cursor)
    {
        var offset = cursor.Position;
        var kind = ReadKind(cursor);
        return kind.IsReference() ? kind : throw ModuleException.Malformed(offset, "malformed reference type");
    }
}
