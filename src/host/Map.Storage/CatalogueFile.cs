using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Native;

namespace Map.Storage;

/// <summary>The list of published spaces: a JSON file that is replaced as a whole.</summary>
internal sealed partial class CatalogueFile(DataDirectory directory, Action<FaultPoint>? faults)
{
    private const int Format = 1;

    private readonly string _path = directory.CataloguePath;

    /// <summary>The spaces listed. A missing file is an empty list, unless there are spaces.</summary>
    /// <exception cref="StoreException">The file is damaged, of another format, or lost.</exception>
    internal List<SpaceRecord> Read()
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(_path);
        }
        catch (FileNotFoundException)
        {
            foreach (var space in Directory.EnumerateDirectories(directory.SpacesPath))
                if (!File.Exists($"{space}.creating"))
                    throw new StoreException(
                        $"The list of spaces {_path} is missing, but {space} is there. Restore the file from a backup.");
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The list of spaces {_path} cannot be read: {failure.Message}", failure);
        }

        return Parse(bytes);
    }

    /// <summary>Replaces the list, durably.</summary>
    /// <exception cref="StoreException">It failed; the file is as it was, or is the new one.</exception>
    internal void Write(IReadOnlyList<SpaceRecord> spaces)
    {
        var entries = new Entry[spaces.Count];
        for (var i = 0; i < entries.Length; i++) entries[i] = EntryOf(spaces[i]);
        var bytes = Serialize(Sign(new Content(Format, entries)));
        var temporary = _path + ".new";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            faults?.Invoke(FaultPoint.CatalogueWritten);
            File.Move(temporary, _path, overwrite: true);
            faults?.Invoke(FaultPoint.CatalogueRenamed);
            Libc.SyncDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The list of spaces {_path} cannot be written: {failure.Message}", failure);
        }
    }

    private List<SpaceRecord> Parse(byte[] bytes)
    {
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize(bytes, CatalogueJson.Default.Content);
        }
        catch (JsonException failure)
        {
            throw Damaged(failure.Message, failure);
        }

        if (content?.Spaces is null) throw Damaged("it has no list", null);
        if (content.Format != Format)
            throw new StoreException(
                $"The list of spaces {_path} has format {content.Format}; this map-daemon reads format {Format}. "
                + "Start the map-daemon that wrote it, or a later one.");
        if (content.Check is not null && content.Check != Sign(content).Check)
            throw Damaged("it is not what map-daemon wrote.", null);
        var spaces = new List<SpaceRecord>();
        var ids = new HashSet<SpaceId>();
        foreach (var entry in content.Spaces)
        {
            if (entry?.Name is null) throw Damaged("a space has no name", null);
            var space = new SpaceRecord(
                new SpaceId(IdOf(entry.Id)), entry.Name, entry.EnforceValidation, entry.CreatedUnixMicros,
                IdOf(entry.SpaceHolon));
            if (!ids.Add(space.Id)) throw Damaged($"space {space.Id} is listed twice", null);
            spaces.Add(space);
        }

        return spaces;
    }

    private static Content Sign(Content content) => content with
    {
        Check = Convert.ToHexStringLower(SHA256.HashData(Serialize(content with { Check = null }))),
    };

    private static byte[] Serialize(Content content) =>
        JsonSerializer.SerializeToUtf8Bytes(content, CatalogueJson.Default.Content);

    private StoreException Damaged(string how, Exception? cause) => new(
        $"The list of spaces {_path} is damaged: {how} Restore the file from a backup.", cause);

    private static Entry EntryOf(SpaceRecord space) => new(
        GuidOf(space.Id.Value), space.Name, space.EnforceValidation, space.CreatedUnixMicros, GuidOf(space.SpaceHolon));

    /// <summary>An id as JSON has it.</summary>
    internal static Guid GuidOf(LocalId id)
    {
        Span<byte> bytes = stackalloc byte[LocalId.Size];
        id.Write(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An id from JSON.</summary>
    internal static LocalId IdOf(Guid id) => LocalId.Read(id.ToByteArray(bigEndian: true));

    /// <param name="Format">The version of the file's layout.</param>
    /// <param name="Spaces">The spaces.</param>
    /// <param name="Check">The SHA-256 hash of the file as it is without this; a file written by hand has none.</param>
    internal sealed record Content(int Format, Entry?[]? Spaces, string? Check = null);

    internal sealed record Entry(Guid Id, string? Name, bool EnforceValidation, long CreatedUnixMicros, Guid SpaceHolon);

    [JsonSourceGenerationOptions(
        WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class CatalogueJson : JsonSerializerContext;
}
