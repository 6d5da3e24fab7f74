namespace Map.Wasm.Binary;

/// <summary>Decodes element and data segments.</summary>
internal sealed class SegmentDecoder(ModuleDefinition module, ModuleLimits limits, SectionDecoder sections)
{
    private const int PassiveOrDeclarative = 1;
    private const int HasIndex = 2;
    private const int HasExpressions = 4;
    private const int MaxElementFlags = 7;

    private long _elements;

    public void DecodeElements(ByteCursor section)
    {
        for (var count = section.ReadCount("element segments", limits.MaxElementSegments); count > 0; count--)
            module.Elements.Add(ReadElements(section));
    }

    public void DecodeData(ByteCursor section)
    {
        for (var count = section.ReadCount("data segments", limits.MaxDataSegments); count > 0; count--)
            module.Data.Add(ReadData(section));
    }

    private ElementSegment ReadElements(ByteCursor section)
    {
        var start = section.Position;
        var flags = section.ReadU32();
        if (flags > MaxElementFlags) throw ModuleException.Malformed(start, "malformed elements segment kind");
        var isActive = (flags & PassiveOrDeclarative) == 0;
        var mode = isActive ? SegmentMode.Active : (flags & HasIndex) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        var (table, offset) = (0, default(ConstantExpression));
        if (isActive) (table, offset) = ReadPlace(section, (flags & HasIndex) != 0);
        var kind = ReadElementKind(section, flags);
        if (isActive && module.Tables[table].Element != kind)
            throw ModuleException.Invalid(start, $"type mismatch: a table of {module.Tables[table].Element.Name()} and elements of {kind.Name()}");
        return new ElementSegment(mode, table, offset, kind, ReadItems(section, kind, (flags & HasExpressions) != 0));
    }

    private (int Table, ConstantExpression Offset) ReadPlace(ByteCursor section, bool hasIndex)
    {
        var at = section.Position;
        var table = hasIndex ? SectionDecoder.ReadIndex(section, "table", module.Tables.Count) : 0;
        if (table >= module.Tables.Count) throw ModuleException.Invalid(at, "unknown table 0");
        return (table, sections.ReadConstant(section, ValueKind.I32));
    }

    private static ValueKind ReadElementKind(ByteCursor section, uint flags)
    {
        if ((flags & (PassiveOrDeclarative | HasIndex)) == 0) return ValueKind.FuncRef;
        if ((flags & HasExpressions) != 0) return InstructionReader.ReadReferenceKind(section);
        var offset = section.Position;
        return section.ReadByte() == 0 ? ValueKind.FuncRef : throw ModuleException.Malformed(offset, "malformed element kind");
    }

    private ConstantExpression[] ReadItems(ByteCursor section, ValueKind kind, bool areExpressions)
    {
        var count = section.ReadCount("elements", limits.MaxElements, _elements);
        _elements += count;
        var items = new ConstantExpression[count];
        for (var i = 0; i < count; i++)
        {
            if (areExpressions)
            {
                items[i] = sections.ReadConstant(section, kind);
                continue;
            }

            var function = sections.ReadFunctionIndex(section);
            module.DeclaredFunctions.Add(function);
            items[i] = new ConstantExpression(Opcode.RefFunc, 0, function);
        }

        return items;
    }

    private DataSegment ReadData(ByteCursor section)
    {
        var start = section.Position;
        var flags = section.ReadU32();
        if (flags > HasIndex) throw ModuleException.Malformed(start, "malformed data segment kind");
        var offset = default(ConstantExpression);
        if (flags != PassiveOrDeclarative)
        {
            var memory = flags == HasIndex ? section.ReadU32() : 0;
            if (memory >= module.Memories.Count) throw ModuleException.Invalid(start, $"unknown memory {memory}");
            offset = sections.ReadConstant(section, ValueKind.I32);
        }

        var length = section.ReadU32();
        var bytes = section.Skip(length);
        var mode = flags == PassiveOrDeclarative ? SegmentMode.Passive : SegmentMode.Active;
        return new DataSegment(mode, offset, bytes, (int)length);
    }
}
