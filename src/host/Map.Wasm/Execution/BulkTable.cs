namespace Map.Wasm.Execution;

/// <summary>Instructions on tables, in pieces like those on the memory. Compiled code calls these.</summary>
internal static class BulkTable
{
    private const int Piece = 8 << 10;
    private const int MovedPerFuel = 4;

    public static object? Get(Table table, int index) =>
        (uint)index < table.Size ? table.Elements[(uint)index] : throw new TrapException(TrapCode.TableOutOfBounds);

    public static void Set(Table table, int index, object? value)
    {
        if ((uint)index >= table.Size) throw new TrapException(TrapCode.TableOutOfBounds);
        table.Elements[(uint)index] = value;
    }

    public static int Grow(Table table, object? value, int count)
    {
        var before = table.Grow((uint)count, value);
        // The elements that were there move, too.
        if (before >= 0) table.Store.ConsumeFuel((uint)count + (before / MovedPerFuel));
        return before;
    }

    public static void Fill(Table table, int index, object? value, int count)
    {
        Check(table, index, count);
        for (var done = 0; done < count;)
        {
            var piece = NextPiece(table.Store, count - done);
            Array.Fill(table.Elements, value, index + done, piece);
            done += piece;
        }
    }

    public static void Copy(Table target, Table source, int to, int from, int count)
    {
        Check(source, from, count);
        Check(target, to, count);
        var isBackward = to > from;
        for (var left = count; left > 0;)
        {
            var piece = NextPiece(target.Store, left);
            var at = isBackward ? left - piece : count - left;
            Array.Copy(source.Elements, from + at, target.Elements, to + at, piece);
            left -= piece;
        }
    }

    public static void Init(Instance instance, int table, int segment, int to, int from, int count)
    {
        var target = instance.TableAt(table);
        var elements = instance.ElementsAt(segment);
        if ((uint)from + (ulong)(uint)count > (ulong)elements.Length) throw new TrapException(TrapCode.TableOutOfBounds);
        Check(target, to, count);
        for (var done = 0; done < count;)
        {
            var piece = NextPiece(target.Store, count - done);
            elements.Slice(from + done, piece).CopyTo(target.Elements.AsSpan(to + done));
            done += piece;
        }
    }

    private static void Check(Table table, int index, int count)
    {
        if ((uint)index + (ulong)(uint)count > table.Size) throw new TrapException(TrapCode.TableOutOfBounds);
    }

    private static int NextPiece(Store store, int left)
    {
        var piece = Math.Min(left, Piece);
        store.ConsumeFuel(piece);
        return piece;
    }
}
