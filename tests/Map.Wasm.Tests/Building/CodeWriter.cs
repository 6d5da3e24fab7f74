namespace Map.Wasm.Tests.Building;

/// <summary>Writes the primitives of the binary format.</summary>
internal sealed class CodeWriter
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public CodeWriter Bytes(params IEnumerable<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>An instruction of one byte, or any byte.</summary>
    public CodeWriter Op(byte code, params ReadOnlySpan<long> immediates)
    {
        _bytes.Add(code);
        foreach (var immediate in immediates) Signed(immediate);
        return this;
    }

    public CodeWriter Unsigned(ulong value)
    {
        do
        {
            var next = (byte)(value & 0x7F);
            value >>= 7;
            _bytes.Add(value == 0 ? next : (byte)(next | 0x80));
        }
        while (value != 0);
        return this;
    }

    public CodeWriter Signed(long value)
    {
        while (true)
        {
            var next = (byte)(value & 0x7F);
            value >>= 7;
            if ((value == 0 && (next & 0x40) == 0) || (value == -1 && (next & 0x40) != 0))
            {
                _bytes.Add(next);
                return this;
            }

            _bytes.Add((byte)(next | 0x80));
        }
    }

    public CodeWriter Name(string name)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(name);
        return Unsigned((ulong)bytes.Length).Bytes(bytes);
    }

    /// <summary>Bytes with their number before them.</summary>
    public CodeWriter Sized(byte[] content) => Unsigned((ulong)content.Length).Bytes(content);
}
