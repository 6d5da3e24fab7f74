using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Map.Wasm.Execution;

namespace Map.Wasm;

/// <summary>A linear memory.</summary>
public sealed unsafe class Memory
{
    /// <summary>Bytes of a page.</summary>
    public const int PageBytes = 65_536;

    /// <summary>Where it begins; never changes. Compiled code reads it.</summary>
    internal readonly nint Start;

    /// <summary>Its bytes; never fewer than before. Compiled code reads it.</summary>
    internal nint Length;

    private readonly Store _store;
    private readonly uint _maxPages;
    private Region? _region;

    /// <summary>A memory of its own, for imports.</summary>
    /// <exception cref="LinkException">A limit of the store forbids it.</exception>
    public Memory(Store store, MemoryType type)
    {
        if (!store.HasRoomForMemory) throw new LinkException($"The store has {store.Limits.MaxMemories} memories; no more are allowed.");
        if (type.Minimum > (uint)store.Limits.MaxMemoryPages)
            throw new LinkException($"The memory needs {type.Minimum} pages; at most {store.Limits.MaxMemoryPages} are allowed.");
        _store = store;
        Declared = type;
        _maxPages = Math.Min(type.Maximum ?? uint.MaxValue, (uint)store.Limits.MaxMemoryPages);
        // One size for all memories of a kind of store, so that any of them can take over the region of another.
        _region = store.Engine.Regions.Rent((long)store.Limits.MaxMemoryPages * PageBytes);
        Start = _region.Start;
        Length = (nint)((long)type.Minimum * PageBytes);
        if (!_region.TryCommit(Length)) throw new LinkException($"{type.Minimum} pages of memory are not to be had.");
        store.Add(this);
    }

    /// <summary>Its type, with the present size as minimum.</summary>
    public MemoryType Type => Declared with { Minimum = Pages };

    /// <summary>Its size in pages of 64 kB.</summary>
    public uint Pages => (uint)(Length / PageBytes);

    internal MemoryType Declared { get; }

    internal Store Store => _store;

    /// <summary>Its bytes. The span ends at 2 GB - 1, and is valid until the store is disposed.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_region is null, this);
            return new Span<byte>((void*)Start, (int)Math.Min(Length, int.MaxValue));
        }
    }

    /// <summary>Adds pages and returns the size before, or -1 when a limit forbids it.</summary>
    public int Grow(uint pages)
    {
        ObjectDisposedException.ThrowIf(_region is null, this);
        var before = Pages;
        var length = (nint)((before + (long)pages) * PageBytes);
        if (pages > _maxPages - before || !_region.TryCommit(length))
        {
            _store.HasRefusedMemory = true;
            return -1;
        }

        Length = length;
        return (int)before;
    }

    /// <summary>A range of its bytes; false when it does not lie inside.</summary>
    public bool TryGetSpan(int address, int length, out Span<byte> span)
    {
        span = default;
        var start = (uint)address;
        if (length < 0 || start + (long)length > Length || _region is null) return false;
        span = new Span<byte>((void*)(Start + (nint)start), length);
        return true;
    }

    /// <summary>A range of its bytes.</summary>
    /// <exception cref="TrapException">It does not lie inside: the guest's fault, who gave the address.</exception>
    public Span<byte> GetSpan(int address, int length) =>
        TryGetSpan(address, length, out var span) ? span : throw new TrapException(TrapCode.MemoryOutOfBounds);

    /// <summary>Reads a 32-bit integer.</summary>
    /// <exception cref="TrapException">It does not lie inside.</exception>
    public int ReadInt32(int address) => BinaryPrimitives.ReadInt32LittleEndian(GetSpan(address, sizeof(int)));

    /// <summary>Writes a 32-bit integer.</summary>
    /// <exception cref="TrapException">It does not lie inside.</exception>
    public void WriteInt32(int address, int value) => BinaryPrimitives.WriteInt32LittleEndian(GetSpan(address, sizeof(int)), value);

    /// <summary>Reads UTF-8 text; what is not UTF-8 becomes U+FFFD.</summary>
    /// <exception cref="TrapException">It does not lie inside.</exception>
    public string ReadString(int address, int lengthBytes) => Encoding.UTF8.GetString(GetSpan(address, lengthBytes));

    [SuppressMessage("Reliability", "CA2000", Justification = "The pool takes the region over.")]
    internal void Release()
    {
        if (_region is not { } region) return;
        _region = null;
        _store.Engine.Regions.Return(region, Length);
        Length = 0;
    }
}
