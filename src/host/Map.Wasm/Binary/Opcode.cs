namespace Map.Wasm.Binary;

/// <summary>
/// Instructions that validation or compilation treats one by one. Plain numeric instructions (0x45 to 0xC4) and memory
/// accesses (0x28 to 0x3E) are described by <see cref="Operators"/> instead. Instructions after the prefix 0xFC have it in
/// their high byte.
/// </summary>
internal enum Opcode : ushort
{
    Unreachable = 0x00,
    Nop = 0x01,
    Block = 0x02,
    Loop = 0x03,
    If = 0x04,
    Else = 0x05,
    End = 0x0B,
    Br = 0x0C,
    BrIf = 0x0D,
    BrTable = 0x0E,
    Return = 0x0F,
    Call = 0x10,
    CallIndirect = 0x11,
    Drop = 0x1A,
    Select = 0x1B,
    SelectTyped = 0x1C,
    LocalGet = 0x20,
    LocalSet = 0x21,
    LocalTee = 0x22,
    GlobalGet = 0x23,
    GlobalSet = 0x24,
    TableGet = 0x25,
    TableSet = 0x26,
    FirstLoad = 0x28,
    LastLoad = 0x35,
    FirstStore = 0x36,
    LastStore = 0x3E,
    MemorySize = 0x3F,
    MemoryGrow = 0x40,
    I32Const = 0x41,
    I64Const = 0x42,
    F32Const = 0x43,
    F64Const = 0x44,
    FirstNumeric = 0x45,
    LastNumeric = 0xC4,
    RefNull = 0xD0,
    RefIsNull = 0xD1,
    RefFunc = 0xD2,
    FirstSaturating = 0xFC00,
    LastSaturating = 0xFC07,
    MemoryInit = 0xFC08,
    DataDrop = 0xFC09,
    MemoryCopy = 0xFC0A,
    MemoryFill = 0xFC0B,
    TableInit = 0xFC0C,
    ElementDrop = 0xFC0D,
    TableCopy = 0xFC0E,
    TableGrow = 0xFC0F,
    TableSize = 0xFC10,
    TableFill = 0xFC11,
}

/// <summary>One instruction with its immediates.</summary>
/// <param name="Opcode">What it does.</param>
/// <param name="Offset">Bytes into the module.</param>
/// <param name="First">The first index, a block type, the alignment of an access, or the kind of a reference or a typed select.</param>
/// <param name="Second">The second index, or the offset of an access.</param>
/// <param name="Bits">The bits of a constant.</param>
/// <param name="Targets">The targets of a <c>br_table</c>, the default last.</param>
internal readonly record struct Instruction(Opcode Opcode, int Offset, long First, uint Second, long Bits, uint[] Targets)
{
    public uint Index => (uint)First;
}
