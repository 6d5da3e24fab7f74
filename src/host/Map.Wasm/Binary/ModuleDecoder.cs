namespace Map.Wasm.Binary;

/// <summary>
/// Decodes the sections of a module. What can be checked at once about a section is; what needs the whole module is left to
/// <see cref="Validation.ModuleValidator"/>.
/// </summary>
internal sealed class ModuleDecoder
{
    private const uint Magic = 0x6D736100;
    private const uint Version = 1;
    private const int CustomId = 0;
    private const int CodeId = 10;

    // Sections come in this order; the data count stands before the code, the tag section of exceptions before globals.
    private static readonly int[] Order = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

    private readonly ModuleLimits _limits;
    private readonly ModuleDefinition _module;
    private readonly SectionDecoder _sections;
    private int _declaredBodies;

    private ModuleDecoder(byte[] bytes, ModuleLimits limits)
    {
        _limits = limits;
        _module = new ModuleDefinition { Bytes = bytes };
        _sections = new SectionDecoder(_module, limits);
    }

    /// <summary>Decodes a module.</summary>
    /// <exception cref="ModuleException">It is malformed or over a limit.</exception>
    public static ModuleDefinition Decode(byte[] bytes, ModuleLimits limits)
    {
        if (bytes.Length > limits.MaxModuleBytes) throw ModuleException.TooMany(0, "bytes", bytes.Length, limits.MaxModuleBytes);
        var decoder = new ModuleDecoder(bytes, limits);
        decoder.DecodeAll();
        return decoder._module;
    }

    private void DecodeAll()
    {
        var cursor = new ByteCursor(_module.Bytes, 0, _module.Bytes.Length);
        if (cursor.End < 4 || cursor.ReadFixed32() != Magic) throw ModuleException.Malformed(0, "magic header not detected");
        if (cursor.End < 8 || cursor.ReadFixed32() != Version) throw ModuleException.Malformed(4, "unknown binary version");
        var last = 0;
        while (!cursor.IsAtEnd)
        {
            var offset = cursor.Position;
            var id = cursor.ReadByte();
            var size = cursor.ReadU32();
            var section = cursor.Slice(size);
            if (id != CustomId)
            {
                CheckOrder(id, last, offset);
                last = id;
            }

            DecodeSection(id, section, offset);
            if (!section.IsAtEnd) throw ModuleException.Malformed(section.Position, "section size mismatch");
        }

        CheckCounts(cursor.End);
    }

    private static void CheckOrder(int id, int last, int offset)
    {
        if (id >= Order.Length) throw ModuleException.Malformed(offset, $"malformed section id {id}");
        if (id == 13) throw ModuleException.Unsupported(offset, "a tag section (exception handling)");
        if (last != 0 && Order[id] <= Order[last]) throw ModuleException.Malformed(offset, "unexpected content after last section");
    }

    private void DecodeSection(int id, ByteCursor section, int offset)
    {
        switch (id)
        {
            case CustomId: DecodeCustom(section); break;
            case 1: _sections.DecodeTypes(section); break;
            case 2: _sections.DecodeImports(section); break;
            case 3: _declaredBodies = _sections.DecodeFunctions(section); break;
            case 4: _sections.DecodeTables(section); break;
            case 5: _sections.DecodeMemories(section); break;
            case 6: _sections.DecodeGlobals(section); break;
            case 7: _sections.DecodeExports(section); break;
            case 8: _module.Start = _sections.ReadFunctionIndex(section); break;
            case 9: new SegmentDecoder(_module, _limits, _sections).DecodeElements(section); break;
            case CodeId: DecodeCode(section, offset); break;
            case 11: new SegmentDecoder(_module, _limits, _sections).DecodeData(section); break;
            default: _module.DataCount = (int)Math.Min(section.ReadU32(), int.MaxValue); break;
        }
    }

    private void DecodeCustom(ByteCursor section)
    {
        var offset = section.Position;
        var name = section.ReadName(_limits.MaxNameBytes);
        var start = section.Skip((uint)(section.End - section.Position));
        if (_module.CustomSections.Count == _limits.MaxCustomSections)
            throw ModuleException.TooMany(offset, "custom sections", _limits.MaxCustomSections + 1, _limits.MaxCustomSections);
        _module.CustomSections.Add(new CustomSection(name, _module.Bytes.AsMemory(start, section.End - start)));
        if (name == "name") _module.Names = FunctionNames.Read(_module.Bytes[start..section.End], _limits);
    }

    private void DecodeCode(ByteCursor section, int offset)
    {
        var count = section.ReadCount("functions", _limits.MaxFunctions);
        if (count != _declaredBodies) throw ModuleException.Malformed(offset, "function and code section have inconsistent lengths");
        for (var i = 0; i < count; i++) DecodeBody(section, _module.Functions[_module.ImportedFunctions + i].Parameters.Length);
    }

    private void DecodeBody(ByteCursor section, int parameters)
    {
        var offset = section.Position;
        var size = section.ReadU32();
        if (size > _limits.MaxFunctionBytes) throw ModuleException.TooMany(offset, "bytes in a function", size, _limits.MaxFunctionBytes);
        var body = section.Slice(size);
        var locals = new List<ValueKind>();
        for (var groups = body.ReadCount("groups of locals", _limits.MaxLocals); groups > 0; groups--)
        {
            var at = body.Position;
            var count = body.ReadU32();
            if (locals.Count + (long)count > uint.MaxValue) throw ModuleException.Malformed(at, "too many locals");
            var total = locals.Count + parameters + (long)count;
            if (total > _limits.MaxLocals) throw ModuleException.TooMany(at, "locals", total, _limits.MaxLocals);
            locals.AddRange(Enumerable.Repeat(InstructionReader.ReadKind(body), (int)count));
        }

        _module.Bodies.Add(new FunctionBody([.. locals], body.Position, body.End));
    }

    private void CheckCounts(int end)
    {
        if (_module.Bodies.Count != _declaredBodies)
            throw ModuleException.Malformed(end, "function and code section have inconsistent lengths");
        if (_module.DataCount is { } count && count != _module.Data.Count)
            throw ModuleException.Malformed(end, "data count and data section have inconsistent lengths");
    }
}
