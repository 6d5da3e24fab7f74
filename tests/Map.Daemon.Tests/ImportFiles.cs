using System.Text;
using System.Text.Json;
using Map.Fixtures;

namespace Map.Daemon.Tests;

/// <summary>Import files: the sample library, and large ones made here.</summary>
internal static class ImportFiles
{
    public static string[] Library { get; } = Directory.GetFiles(RepositoryFiles.Library, "*.json");

    public static string LibraryTypes => Path.Combine(RepositoryFiles.Library, "types.json");

    public static string[] Core { get; } = Directory.GetFiles(RepositoryFiles.CoreSchema, "*.json");

    /// <summary>What files hold, counted from their JSON: holons, embedded ones as well, and targets of relationships.</summary>
    public static (int Holons, int Targets) Count(IEnumerable<string> files)
    {
        var total = (Holons: 0, Targets: 0);
        foreach (var file in files)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var holon in json.RootElement.GetProperty("holons").EnumerateArray()) Add(holon);
        }

        return total;

        void Add(JsonElement holon)
        {
            total.Holons++;
            if (!holon.TryGetProperty("relationships", out var relationships)) return;
            foreach (var target in relationships.EnumerateArray().SelectMany(TargetsOf))
            {
                total.Targets++;
                if (IsHolon(target)) Add(target);
            }
        }

        static IEnumerable<JsonElement> TargetsOf(JsonElement relationship)
        {
            var target = relationship.GetProperty("target");
            return target.ValueKind == JsonValueKind.Array ? target.EnumerateArray() : [target];
        }

        static bool IsHolon(JsonElement target) =>
            target.ValueKind == JsonValueKind.Object && target.TryGetProperty("type", out _);
    }

    /// <summary>A file of so many subjects, each with a link but the first of ten; needs the library's types.</summary>
    public static string Subjects(int count)
    {
        var text = new StringBuilder("{\"holons\":[");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : ",\n").Append($$"""{"key":"S{{i}}","type":"Subject.HolonType","properties":{"Name":"S{{i}}"}""");
            if (i % 10 != 0) text.Append($$""","relationships":[{"name":"BroaderSubject","target":"S{{i - 1}}"}]""");
            text.Append('}');
        }

        return text.Append("]}").ToString();
    }
}
