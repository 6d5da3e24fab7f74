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
        throw new StoreException($"{doing} failed: {text}", new RocksException(text));
    }

    /// <summary>The text, which is freed.</summary>
    internal static string Take(byte* error)
    {
        var text = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
        RocksApi.rocksdb_free(error);
        return text;
    }
}
