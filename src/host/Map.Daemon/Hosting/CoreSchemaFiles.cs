using Map.Core.Loading;
using Map.Core.Services;

namespace Map.Daemon.Hosting;

/// <summary>The import files of the core schema, which stand beside the program.</summary>
internal static class CoreSchemaFiles
{
    /// <summary>Reads them.</summary>
    /// <exception cref="StoreException">They are missing: the installation is not whole.</exception>
    public static IReadOnlyList<ImportSource> Read()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "schemas", "core");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
        if (files.Length == 0) throw new StoreException($"The core schema is missing in {folder}. Install map-daemon anew.");
        return [.. files.Order(StringComparer.Ordinal).Select(file => new ImportSource(Path.GetFileName(file), File.ReadAllBytes(file)))];
    }
}
