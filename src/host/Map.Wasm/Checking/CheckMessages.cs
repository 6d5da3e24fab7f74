using System.Buffers.Binary;
using System.Text.Json;

namespace Map.Wasm.Checking;

/// <summary>What the checker sends to its helper: limits as JSON with its length before it, then the module.</summary>
/// <param name="Limits">What the module may have.</param>
/// <param name="Module">The module.</param>
public sealed record CheckRequest(ModuleLimits Limits, byte[] Module)
{
    /// <summary>Reads a request to the end of a stream.</summary>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static CheckRequest Read(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        stream.ReadExactly(length);
        var limits = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        stream.ReadExactly(limits);
        using var module = new MemoryStream();
        stream.CopyTo(module);
        return new CheckRequest(JsonSerializer.Deserialize<ModuleLimits>(limits)!, module.ToArray());
    }

    internal async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        var limits = JsonSerializer.SerializeToUtf8Bytes(Limits);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, limits.Length);
        await stream.WriteAsync(length, cancellation).ConfigureAwait(false);
        await stream.WriteAsync(limits, cancellation).ConfigureAwait(false);
        await stream.WriteAsync(Module, cancellation).ConfigureAwait(false);
    }
}

/// <summary>What the helper answers.</summary>
/// <param name="Error">Why the module is refused; null when it is accepted.</param>
/// <param name="Offset">Where in the module.</param>
/// <param name="Reason">What is wrong there.</param>
/// <param name="Milliseconds">How long validating and compiling took.</param>
public sealed record CheckReply(ModuleError? Error, long Offset, string? Reason, double Milliseconds)
{
    /// <summary>Writes the reply.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this);
}
