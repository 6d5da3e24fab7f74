namespace Map.Wasm.Binary;

/// <summary>Decodes the sections that declare things.</summary>
internal sealed class SectionDecoder(ModuleDefinition module, ModuleLimits limits)
{
    private const byte FunctionForm = 0x60;
    private const uint MaxPages = 65_536;

    public void DecodeTypes(ByteCursor section)
    {
        var known = new Dictionary<FunctionType, FunctionType>();
        for (var count = section.ReadCount("types", limits.MaxTypes); count > 0; count--)
        {
            var offset = section.Position;
            var form = section.ReadByte();
            if (form is 0x5E or 0x5F or 0x4E or 0x4F or 0x50) throw ModuleException.Unsupported(offset, "a structure, array or recursive type (garbage collection)");
            if (form != FunctionForm) throw ModuleException.Malformed(offset, "malformed function type");
            var type = new FunctionType(
                ReadKinds(section, "parameters", limits.MaxParameters), ReadKinds(section, "results", limits.MaxResults));
            // Equal types become one object, so that an indirect call mostly compares references.
            if (!known.TryAdd(type, type)) type = known[type];
            module.Types.Add(type);
        }
    }

    public void DecodeImports(ByteCursor section)
    {
        for (var count = section.ReadCount("imports", limits.MaxImports); count > 0; count--)
        {
            var (from, name) = (section.ReadName(limits.MaxNameBytes), section.ReadName(limits.MaxNameBytes));
            var offset = section.Position;
            var type = ReadImportType(section, section.ReadByte(), offset);
            module.Imports.Add(new Import(from, name, type));
        }
    }

    /// <summary>Declares the module's own functions and returns how many there are.</summary>
    public int DecodeFunctions(ByteCursor section)
    {
        var count = section.ReadCount("functions", limits.MaxFunctions, module.Functions.Count);
        for (var i = 0; i < count; i++) module.Functions.Add(ReadFunctionType(section));
        return count;
    }

    public void DecodeTables(ByteCursor section)
    {
        for (var count = section.ReadCount("tables", limits.MaxTables, module.Tables.Count); count > 0; count--)
            module.Tables.Add(ReadTableType(section));
    }

    public void DecodeMemories(ByteCursor section)
    {
        for (var count = section.ReadCount("memories", limits.MaxImports); count > 0; count--) AddMemory(section);
    }

    public void DecodeGlobals(ByteCursor section)
    {
        for (var count = section.ReadCount("globals", limits.MaxGlobals, module.Globals.Count); count > 0; count--)
        {
            var type = ReadGlobalType(section);
            var value = ReadConstant(section, type.Content);
            module.Globals.Add(type);
            module.GlobalValues.Add(value);
        }
    }

    public void DecodeExports(ByteCursor section)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var count = section.ReadCount("exports", limits.MaxExports); count > 0; count--)
        {
            var offset = section.Position;
            var name = section.ReadName(limits.MaxNameBytes);
            if (!names.Add(name)) throw ModuleException.Invalid(offset, $"duplicate export name \"{name}\"");
            module.Exports.Add(ReadExport(section, name));
        }
    }

    public int ReadFunctionIndex(ByteCursor section) => ReadIndex(section, "function", module.Functions.Count);

    public static int ReadIndex(ByteCursor section, string what, int count)
    {
        var offset = section.Position;
        var index = section.ReadU32();
        return index < (uint)count ? (int)index : throw ModuleException.Invalid(offset, $"unknown {what} {index}");
    }

    /// <summary>Reads an expression that must yield a constant of a kind.</summary>
    public ConstantExpression ReadConstant(ByteCursor section, ValueKind kind)
    {
        var reader = new InstructionReader(section, limits);
        reader.Read(out var first);
        if (first.Opcode == Opcode.End) throw ModuleException.Invalid(first.Offset, "type mismatch: a constant expression yields nothing");
        var (value, actual) = ReadConstantOperand(first);
        reader.Read(out var next);
        if (next.Opcode != Opcode.End)
        {
            throw next.Opcode is (>= (Opcode)0x6A and <= (Opcode)0x6C) or (>= (Opcode)0x7C and <= (Opcode)0x7E) || IsConstant(next.Opcode)
                ? ModuleException.Invalid(next.Offset, $"type mismatch: one constant expected; {Features.ExtendedConstants} is not supported")
                : ModuleException.Invalid(next.Offset, "constant expression required");
        }

        if (actual != kind) throw ModuleException.Invalid(first.Offset, $"type mismatch: expected {kind.Name()}, found {actual.Name()}");
        return value;
    }

    public static TableType ReadTableType(ByteCursor section)
    {
        var kind = InstructionReader.ReadReferenceKind(section);
        var (minimum, maximum) = ReadLimits(section);
        return new TableType(kind, minimum, maximum);
    }

    private static bool IsConstant(Opcode opcode) =>
        opcode is (>= Opcode.I32Const and <= Opcode.F64Const) or Opcode.GlobalGet or Opcode.RefNull or Opcode.RefFunc;

    private (ConstantExpression Value, ValueKind Kind) ReadConstantOperand(in Instruction instruction)
    {
        var value = new ConstantExpression(instruction.Opcode, instruction.Bits, (int)instruction.Index);
        switch (instruction.Opcode)
        {
            case Opcode.I32Const: return (value, ValueKind.I32);
            case Opcode.I64Const: return (value, ValueKind.I64);
            case Opcode.F32Const: return (value, ValueKind.F32);
            case Opcode.F64Const: return (value, ValueKind.F64);
            case Opcode.RefNull: return (value, (ValueKind)instruction.First);
            case Opcode.RefFunc:
                if (instruction.Index >= module.Functions.Count) throw ModuleException.Invalid(instruction.Offset, $"unknown function {instruction.Index}");
                module.DeclaredFunctions.Add(value.Index);
                return (value, ValueKind.FuncRef);
            case Opcode.GlobalGet:
                if (instruction.Index >= module.ImportedGlobals) throw ModuleException.Invalid(instruction.Offset, $"unknown global {instruction.Index}");
                var global = module.Globals[value.Index];
                if (global.IsMutable) throw ModuleException.Invalid(instruction.Offset, "constant expression required: the global is mutable");
                return (value, global.Content);
            default:
                throw ModuleException.Invalid(instruction.Offset, "constant expression required");
        }
    }

    private static List<ValueKind> ReadKinds(ByteCursor section, string what, int limit)
    {
        var count = section.ReadCount(what, limit);
        var kinds = new List<ValueKind>(count);
        for (var i = 0; i < count; i++) kinds.Add(InstructionReader.ReadKind(section));
        return kinds;
    }

    private ExternType ReadImportType(ByteCursor section, byte kind, int offset)
    {
        switch (kind)
        {
            case 0:
                module.Functions.Add(ReadFunctionType(section));
                module.ImportedFunctions++;
                return module.Functions[^1];
            case 1:
                module.Tables.Add(ReadTableType(section));
                if (module.Tables.Count > limits.MaxTables) throw ModuleException.TooMany(offset, "tables", module.Tables.Count, limits.MaxTables);
                module.ImportedTables++;
                return module.Tables[^1];
            case 2:
                AddMemory(section);
                module.ImportedMemories++;
                return module.Memories[^1];
            case 3:
                module.Globals.Add(ReadGlobalType(section));
                module.ImportedGlobals++;
                return module.Globals[^1];
            case 4:
                throw ModuleException.Unsupported(offset, "an imported tag (exception handling)");
            default:
                throw ModuleException.Malformed(offset, "malformed import kind");
        }
    }

    private Export ReadExport(ByteCursor section, string name)
    {
        var offset = section.Position;
        var kind = section.ReadByte();
        int index;
        switch (kind)
        {
            case 0:
                index = ReadFunctionIndex(section);
                module.DeclaredFunctions.Add(index);
                return new Export(name, module.Functions[index]) { Index = index };
            case 1:
                index = ReadIndex(section, "table", module.Tables.Count);
                return new Export(name, module.Tables[index]) { Index = index };
            case 2:
                index = ReadIndex(section, "memory", module.Memories.Count);
                return new Export(name, module.Memories[index]) { Index = index };
            case 3:
                index = ReadIndex(section, "global", module.Globals.Count);
                return new Export(name, module.Globals[index]) { Index = index };
            default:
                throw ModuleException.Malformed(offset, "malformed export kind");
        }
    }

    private FunctionType ReadFunctionType(ByteCursor section) => module.Types[ReadIndex(section, "type", module.Types.Count)];

    private void AddMemory(ByteCursor section)
    {
        var offset = section.Position;
        var (minimum, maximum) = ReadLimits(section);
        if (minimum > MaxPages || maximum > MaxPages) throw ModuleException.Invalid(offset, "memory size must be at most 65536 pages (4GiB)");
        if (module.Memories.Count > 0) throw ModuleException.Invalid(offset, "multiple memories are not allowed");
        module.Memories.Add(new MemoryType(minimum, maximum));
    }

    private static GlobalType ReadGlobalType(ByteCursor section)
    {
        var kind = InstructionReader.ReadKind(section);
        var offset = section.Position;
        var mutability = section.ReadByte();
        return mutability <= 1 ? new GlobalType(kind, mutability == 1) : throw ModuleException.Malformed(offset, "malformed mutability");
    }

    private static (uint Minimum, uint? Maximum) ReadLimits(ByteCursor section)
    {
        var offset = section.Position;
        var flags = section.ReadByte();
        if (flags is 2 or 3) throw ModuleException.Unsupported(offset, Features.Threads);
        if (flags is >= 4 and <= 7) throw ModuleException.Unsupported(offset, Features.Memory64);
        if (flags > 1) throw ModuleException.Malformed(offset, "malformed limits flags: integer representation too long or too large");
        var minimum = section.ReadU32();
        uint? maximum = flags == 1 ? section.ReadU32() : null;
        return maximum < minimum
            ? throw ModuleException.Invalid(offset, "size minimum must not be greater than maximum")
            : (minimum, maximum);
    }
}
