using System.Buffers;
using System.IO.Compression;

namespace Map.Rpc.Internal;

/// <summary>Gzip of single messages, with a limit on what comes out.</summary>
internal static class Gzip
{
    private const int FirstBufferBytes = 4096;

    /// <summary>
    /// Inflates into a pooled array that the caller returns, also when this throws or answers false. False
    /// when more than the limit would come out; nothing beyond it is ever held.
    /// </summary>
    /// <exception cref="InvalidDataException">The input is not gzip.</exception>
    public static bool TryInflate(in ReadOnlySequence<byte> input, int limit, out byte[] output, out int length)
    {
        length = 0;
        output = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var compressed = ArrayPool<byte>.Shared.Rent((int)input.Length);
        try
        {
            input.CopyTo(compressed);
            using var source = new MemoryStream(compressed, 0, (int)input.Length, writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            while (true)
            {
                if (length == output.Length)
                    output = Grow(output, length);
                var read = gzip.Read(output, length, output.Length - length);
                if (read == 0)
                    return true;
                length += read;
                if (length > limit)
                    return false;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    public static byte[] Deflate(ReadOnlySpan<byte> input)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            gzip.Write(input);
        return target.ToArray();
    }

    private static byte[] Grow(byte[] full, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(full.Length * 2));
        full.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
