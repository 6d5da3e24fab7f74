using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Backups;

/// <summary>A file of a space, found in the directory of backups by its content.</summary>
/// <param name="Name">Its name in the space's directory.</param>
/// <param name="Sha256">The hash of its content, in hexadecimal digits, which is its name among the files.</param>
/// <param name="Size">In bytes.</param>
internal sealed record BackupFile(string Name, string Sha256, long Size);

/// <summary>What one backup has: its summary, the files of each space in the same order, and the guest modules.</summary>
internal sealed record BackupManifest(
    BackupSummary Summary, IReadOnlyList<IReadOnlyList<BackupFile>> Files, IReadOnlyList<BackupFile> Modules);

/// <summary>Manifests as JSON, with a check over all of it.</summary>
internal static partial class ManifestFile
{
    private const int Format = 1;
    private const string NoCheck = "";

    internal static byte[] Write(BackupManifest manifest)
    {
        var summary = manifest.Summary;
        var spaces = new Space[summary.Spaces.Count];
        for (var i = 0; i < spaces.Length; i++) spaces[i] = ToEntry(summary.Spaces[i], manifest.Files[i]);
        return Serialize(Sign(new Content(
            Format, NoCheck, summary.Id, summary.ProductVersion, summary.TakenUnixMicros, spaces, [.. manifest.Modules],
            [.. summary.LeftOut])));
    }

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="BackupException">It is damaged, or of another format.</exception>
    internal static BackupManifest Read(string path)
    {
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.Content);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup {path} cannot be read: {failure.Message} Choose another one.", failure);
        }

        if (content is { Format: not Format })
            throw new BackupException(
                $"The backup {path} has format {content.Format}; this map-daemon reads format {Format}. "
                + "Use the map-daemon that made it, or a later one.");
        if (content is null || content.Check != Sign(content).Check)
            throw new BackupException($"The backup {path} is damaged. Choose another one.");
        var summary = new BackupSummary(
            content.Id, content.TakenUnixMicros, content.ProductVersion, [.. content.Spaces.Select(ToSpace)], content.LeftOut,
            NewBytes: 0);
        return new BackupManifest(summary, [.. content.Spaces.Select(space => space.Files)], content.Modules);
    }

    private static Content Sign(Content content) => content with
    {
        Check = Convert.ToHexStringLower(SHA256.HashData(Serialize(content with { Check = NoCheck }))),
    };

    private static byte[] Serialize(Content content) =>
        JsonSerializer.SerializeToUtf8Bytes(content, ManifestJson.Default.Content);

    private static Space ToEntry(BackedUpSpace space, IReadOnlyList<BackupFile> files) => new(
        CatalogueFile.GuidOf(space.Space.Id.Value), space.Space.Name, space.Space.EnforceValidation,
        space.Space.CreatedUnixMicros, CatalogueFile.GuidOf(space.Space.SpaceHolon), space.Commit, space.Hash, [.. files]);

    private static BackedUpSpace ToSpace(Space space) => new(
        new SpaceRecord(
            new SpaceId(CatalogueFile.IdOf(space.Id)), space.Name, space.EnforceValidation, space.CreatedUnixMicros,
            CatalogueFile.IdOf(space.SpaceHolon)),
        space.Commit, space.Hash, space.Files.Sum(file => file.Size));

    internal sealed record Content(
        int Format, string Check, string Id, string ProductVersion, long TakenUnixMicros, Space[] Spaces,
        BackupFile[] Modules, LeftOutSpace[] LeftOut);

    internal sealed record Space(
        Guid Id, string Name, bool EnforceValidation, long CreatedUnixMicros, Guid SpaceHolon, long Commit, string Hash,
        BackupFile[] Files);

    [JsonSourceGenerationOptions(
        WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class ManifestJson : JsonSerializerContext;
}
