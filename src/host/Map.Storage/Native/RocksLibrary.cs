using System.Reflection;
using System.Runtime.InteropServices;
using Map.Core.Services;

namespace Map.Storage.Native;

/// <summary>Finds the system's RocksDB. Distributions ship different sonames of one stable C API.</summary>
internal static class RocksLibrary
{
    /// <summary>The name that the bindings use.</summary>
    internal const string Name = "rocksdb";

    /// <summary>The files that have it, the one that all was tried with first.</summary>
    internal static readonly string[] Candidates =
        ["librocksdb.so.7.8", "librocksdb.so.8.9", "librocksdb.so.9.10", "librocksdb.so"];

    private static readonly Lazy<nint> _handle = new(Load);

    /// <summary>Makes the bindings usable.</summary>
    /// <exception cref="StoreException">RocksDB is not installed.</exception>
    internal static void EnsureLoaded() => _ = _handle.Value;

    /// <summary>The first candidate that loads.</summary>
    /// <exception cref="StoreException">None does.</exception>
    internal static nint LoadFirst(ReadOnlySpan<string> candidates)
    {
        foreach (var candidate in candidates)
            if (NativeLibrary.TryLoad(candidate, out var handle)) return handle;
        throw new StoreException(
            $"RocksDB was not found (looked for {string.Join(", ", candidates.ToArray())}). "
            + "Install the package that has it: librocksdb7.8 on Debian 12; "
            + "later releases have librocksdb8.9 or librocksdb9.10.");
    }

    private static nint Load()
    {
        var handle = LoadFirst(Candidates);
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(), (name, _, _) => name == Name ? handle : nint.Zero);
        return handle;
    }
}
