namespace Map.Wasm.Execution;

/// <summary>
/// Instructions on ranges of the memory. They run in pieces, each charged before it runs, so that the deadline is looked at
/// and the fuel ends in the middle of a large one. Compiled code calls these.
/// </summary>
internal static unsafe class BulkMemory
{
    private const int PieceBytes = 64 << 10;
    private const int BytesPerFuel = 16;
    private const int FuelPerPage = 1_000;

    public static int Grow(Instance instance, int pages)
    {
        var memory = instance.MemoryOrNull!;
        var before = memory.Grow((uint)pages);
        if (before >= 0) instance.Store.ConsumeFuel((long)(uint)pages * FuelPerPage);
        return before;
    }

    public static void Fill(Instance instance, int address, int value, int count)
    {
        var memory = instance.MemoryOrNull!;
        var target = Range(memory, address, count);
        for (long done = 0; done < (uint)count;)
        {
            var piece = NextPiece(instance, (uint)count - done);
            new Span<byte>(target + done, piece).Fill((byte)value);
            done += piece;
        }
    }

    public static void Copy(Instance instance, int to, int from, int count)
    {
        var memory = instance.MemoryOrNull!;
        var target = Range(memory, to, count);
        var source = Range(memory, from, count);
        // Where the ranges overlap, the pieces go in the order that does not overwrite what is still to be copied.
        var isBackward = target > source;
        for (long left = (uint)count; left > 0;)
        {
            var piece = NextPiece(instance, left);
            var at = isBackward ? left - piece : (uint)count - left;
            Buffer.MemoryCopy(source + at, target + at, piece, piece);
            left -= piece;
        }
    }

    public static void Init(Instance instance, int segment, int to, int from, int count)
    {
        var bytes = instance.DataAt(segment);
        if ((uint)from + (ulong)(uint)count > (ulong)bytes.Length) throw new TrapException(TrapCode.MemoryOutOfBounds);
        var target = Range(instance.MemoryOrNull!, to, count);
        for (var done = 0; done < count;)
        {
            var piece = NextPiece(instance, count - done);
            bytes.Slice(from + done, piece).CopyTo(new Span<byte>(target + done, piece));
            done += piece;
        }
    }

    private static byte* Range(Memory memory, int address, int count) =>
        (uint)address + (long)(uint)count <= memory.Length
            ? (byte*)memory.Start + (uint)address
            : throw new TrapException(TrapCode.MemoryOutOfBounds);

    private static int NextPiece(Instance instance, long left)
    {
        var piece = (int)Math.Min(left, PieceBytes);
        instance.Store.ConsumeFuel(piece / BytesPerFuel);
        return piece;
    }
}
