using Google.Protobuf;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>Sends files in chunks.</summary>
internal static class Upload
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>The chunks of files, in order. Each file has its path as name, so that errors lead to it.</summary>
    /// <param name="files">Paths of the files.</param>
    /// <param name="sent">Is told the bytes of each chunk.</param>
    public static async IAsyncEnumerable<PutContentRequest> ChunksOf(IEnumerable<string> files, Action<int> sent)
    {
        var buffer = new byte[ChunkBytes];
        foreach (var file in files)
        {
            await using var stream = File.OpenRead(file);
            var name = file;
            int read;
            do
            {
                // Up to its end, which a pipe tells only then.
                read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
                yield return new PutContentRequest { FileName = name, Chunk = ByteString.CopyFrom(buffer, 0, read) };
                sent(read);
                name = "";
            }
            while (read == buffer.Length);
        }
    }
}
