using System.Runtime.InteropServices;
using Map.Core.Services;

namespace Map.Storage.Native;

/// <summary>What RocksDB itself said; the cause of a <see cref="StoreException"/> that came from it.</summary>
/// <param name="text">Its words.</param>
internal sealed class RocksException(string text) : Exception(text);

/// <summary>Turns RocksDB's error strings into exceptions, and frees them.</summary>
internal static unsafe class NativeError
{
    /// <summary>Throws when a call reported an error.</summary>
    /// <exception cref="StoreException">It did.</exception>
    internal static void ThrowIfAny(byte* error, string doing)
    {
        if (error == null) return;
        var text = Take(error);
        var advice = text.StartsWith("Corruption", StringComparison.Ordinal)
            ? " The store is damaged: \"map-daemon verify\" tells where. If the disk is sound, restore the space from a backup."
            : "";
        throw new StoreException($"{doing} failed: {text}.{advice}", new RocksException(text));
    }

    /// <summary>The text, which is freed.</summary>
    internal static string Take(byte* error)
    {
        var text = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
        RocksApi.rocksdb_free(error);
        return text;
    }
}
