using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Backups;

/// <summary>Remembers, for people, when each space was last backed up. Lost or damaged, it knows nothing.</summary>
internal sealed partial class LastBackups(string path)
{
    /// <summary>The last backup of a space, if one is known.</summary>
    internal LastBackup? Find(SpaceId space) => Read().GetValueOrDefault(CatalogueFile.GuidOf(space.Value));

    /// <summary>Remembers a backup.</summary>
    internal void Remember(BackupSummary backup, string destination)
    {
        var known = Read();
        foreach (var space in backup.Spaces)
            known[CatalogueFile.GuidOf(space.Space.Id.Value)] =
                new LastBackup(backup.Id, destination, backup.TakenUnixMicros, space.Commit);
        FileCopy.WriteDurably(path, JsonSerializer.SerializeToUtf8Bytes(known, LastBackupsJson.Default.DictionaryGuidLastBackup));
    }

    private Dictionary<Guid, LastBackup> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LastBackupsJson.Default.DictionaryGuidLastBackup) ?? [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Dictionary<Guid, LastBackup>))]
    private sealed partial class LastBackupsJson : JsonSerializerContext;
}
