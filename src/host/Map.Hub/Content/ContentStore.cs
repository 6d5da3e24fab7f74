using System.Security.Cryptography;
using Map.Core.Errors;
using Map.Core.Identity;
using Map.Core.Loading;

namespace Map.Hub.Content;

/// <summary>
/// Uploaded files until they are loaded: in memory, under ids that cannot be guessed, for a limited time and up to a
/// limited size altogether.
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="time">The clock.</param>
public sealed class ContentStore(HubOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LocalId, (ImportSource Source, long LastUse)> _files = [];
    private long _bytes;

    /// <summary>Keeps a file.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.TooMuchContent"/>.</exception>
    public LocalId Put(ImportSource source)
    {
        lock (_gate)
        {
            RequireRoom(source.Content.Length);
            var id = LocalId.Read(RandomNumberGenerator.GetBytes(LocalId.Size));
            _files.Add(id, (source, time.GetTimestamp()));
            _bytes += source.Content.Length;
            return id;
        }
    }

    /// <summary>A file, whose time starts anew.</summary>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.ContentNotFound"/>.</exception>
    public ImportSource Get(LocalId id)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(id, out var file) || IsExpired(file.LastUse))
            {
                throw new HolonException(
                    HolonErrorCode.ContentNotFound,
                    $"There is no uploaded content {id}; it is kept for {options.ContentLifetime.TotalMinutes:N0} minutes after its last use. Upload it again.");
            }

            _files[id] = (file.Source, time.GetTimestamp());
            return file.Source;
        }
    }

    /// <summary>Refuses an upload that would not fit, before it is read whole.</summary>
    /// <param name="bytes">Its size so far.</param>
    /// <exception cref="HolonException"><see cref="HolonErrorCode.TooMuchContent"/>.</exception>
    public void RequireRoomFor(long bytes)
    {
        lock (_gate)
        {
            RequireRoom(bytes);
        }
    }

    private void RequireRoom(long bytes)
    {
        if (HasRoom(bytes)) return;
        // Only now: to look through all files for each chunk of an upload would cost more than the upload.
        DropExpired();
        if (HasRoom(bytes)) return;
        throw new HolonException([new HolonError(
            HolonErrorCode.TooMuchContent,
            $"The daemon keeps at most {options.MaxContentBytes:N0} bytes in {options.MaxContentFiles:N0} uploaded files at once. Wait until some expire.")
        {
            IsRetryable = true,
            Limit = options.MaxContentBytes,
        }]);
    }

    private bool HasRoom(long bytes) => _bytes + bytes <= options.MaxContentBytes && _files.Count < options.MaxContentFiles;

    private bool IsExpired(long lastUse) => time.GetElapsedTime(lastUse) > options.ContentLifetime;

    private void DropExpired()
    {
        var expired = _files.Where(file => IsExpired(file.Value.LastUse)).ToList();
        foreach (var (id, file) in expired)
        {
            _files.Remove(id);
            _bytes -= file.Source.Content.Length;
        }
    }
}
