namespace Map.Wasm;

/// <summary>A table of references.</summary>
public sealed class Table
{
    /// <summary>The elements, exactly as many as the table has. Compiled code reads them.</summary>
    internal object?[] Elements;

    /// <summary>A table of its own, for imports, of nulls.</summary>
    /// <exception cref="LinkException">A limit of the store forbids it.</exception>
    public Table(Store store, TableType type)
    {
        if (!store.TryAddElements(type.Minimum))
            throw new LinkException($"The table needs {type.Minimum} elements; at most {store.Limits.MaxTableElements} are allowed in all tables.");
        Store = store;
        Declared = type;
        Elements = new object?[type.Minimum];
    }

    /// <summary>Its type, with the present size as minimum.</summary>
    public TableType Type => Declared with { Minimum = Size };

    /// <summary>How many elements it has.</summary>
    public uint Size => (uint)Elements.Length;

    internal TableType Declared { get; }

    internal Store Store { get; }

    /// <summary>An element.</summary>
    /// <exception cref="TrapException">The table has none there.</exception>
    /// <exception cref="ArgumentException">The value is no <see cref="Function"/>, and the table is one of functions.</exception>
    public object? this[uint index]
    {
        get => index < Size ? Elements[index] : throw new TrapException(TrapCode.TableOutOfBounds);
        set
        {
            Check(value);
            if (index >= Size) throw new TrapException(TrapCode.TableOutOfBounds);
            Elements[index] = value;
        }
    }

    /// <summary>Adds elements and returns the size before, or -1 when a limit forbids it.</summary>
    /// <exception cref="ArgumentException">The value is no <see cref="Function"/>, and the table is one of functions.</exception>
    public int Grow(uint count, object? value)
    {
        Check(value);
        var before = Size;
        if (count > (Declared.Maximum ?? uint.MaxValue) - before || !Store.TryAddElements(count)) return -1;
        Array.Resize(ref Elements, (int)(before + count));
        Array.Fill(Elements, value, (int)before, (int)count);
        return (int)before;
    }

    private void Check(object? value)
    {
        if (Declared.Element == ValueKind.FuncRef && value is not (null or Function))
            throw new ArgumentException("A table of functions holds functions and nulls.", nameof(value));
    }
}
