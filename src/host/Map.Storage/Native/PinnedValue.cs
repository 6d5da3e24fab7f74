namespace Map.Storage.Native;

/// <summary>A value read in place, valid until disposed.</summary>
internal readonly unsafe ref struct PinnedValue
{
    private readonly nint _slice;

    internal PinnedValue(nint slice) => _slice = slice;

    /// <summary>Whether the row exists.</summary>
    internal bool Exists => _slice != nint.Zero;

    /// <summary>The value's bytes.</summary>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            nuint length;
            var start = RocksApi.rocksdb_pinnableslice_value(_slice, &length);
            return new ReadOnlySpan<byte>(start, checked((int)length));
        }
    }

    /// <summary>Lets the value go.</summary>
    public void Dispose()
    {
        if (_slice != nint.Zero) RocksApi.rocksdb_pinnableslice_destroy(_slice);
    }
}
