using Map.Core.Loading;
using Map.Hub.Binding;
using Map.Hub.Content;
using Map.V1;

namespace Map.Rpc.Services;

/// <summary>Reads one upload: files in chunks, each begun by a chunk with a file name.</summary>
internal sealed class ContentUpload(ContentStore content)
{
    private const int MaxFiles = 10_000;
    private const int MaxNameLength = 1_000;

    private readonly List<(string Name, MemoryStream Bytes)> _files = [];
    private long _size;

    public async ValueTask<PutContentResponse> ReadAsync(IMessageReader<PutContentRequest> requests)
    {
        while (await requests.ReadAsync() is { } request) ServiceErrors.Run(() => Add(request));
        return ServiceErrors.Run(Keep);
    }

    private bool Add(PutContentRequest request)
    {
        if (request.FileName.Length > 0)
        {
            if (request.FileName.Length > MaxNameLength) throw WireReader.Invalid("file_name", $"has at most {MaxNameLength} characters");
            if (_files.Count >= MaxFiles) throw WireReader.Invalid("file_name", $"begins a new file; an upload has at most {MaxFiles:N0}");
            _files.Add((request.FileName, new MemoryStream()));
        }

        if (_files.Count == 0) throw WireReader.Invalid("file_name", "is missing in the first chunk");
        _size += request.Chunk.Length;
        content.RequireRoomFor(_size);
        _files[^1].Bytes.Write(request.Chunk.Span);
        return true;
    }

    private PutContentResponse Keep()
    {
        if (_files.Count == 0) throw WireReader.Invalid("file_name", "is missing: the upload has no file");
        var response = new PutContentResponse();
        foreach (var (name, bytes) in _files)
        {
            var id = content.Put(new ImportSource(name, bytes.GetBuffer().AsMemory(0, (int)bytes.Length)));
            response.ContentIds.Add(WireWriter.ToWire(id));
        }

        return response;
    }
}
