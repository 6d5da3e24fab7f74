using Google.Protobuf;
using Map.V1;

namespace Map.Daemon.CommandLine;

/// <summary>Sends files in chunks.</summary>
internal static class Upload
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>The chunks of files, in order.</summary>
    /// <param name="files">The files.</param>
    /// <param name="sent">Is told the bytes of each chunk.</param>
    public static async IAsyncEnumerable<PutContentRequest> ChunksOf(IEnumerable<FileInfo> files, Action<int> sent)
    {
        var buffer = new byte[ChunkBytes];
        foreach (var file in files)
        {
            await using var stream = file.OpenRead();
            var name = file.Name;
            do
            {
                var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
                yield return new PutContentRequest { FileName = name, Chunk = ByteString.CopyFrom(buffer, 0, read) };
                sent(read);
                name = "";
            }
            while (stream.Position < stream.Length);
        }
    }
}
