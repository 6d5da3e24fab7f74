using System.Buffers;
using System.Text.Json;

namespace Map.Bench.Client;

/// <summary>Types to load beside that of the tasks, with the same properties.</summary>
internal static class TypeFiles
{
    public static string KeyOf(int number) => $"{NameOf(number)}.HolonType";

    /// <summary>A file of types.</summary>
    /// <param name="count">How many.</param>
    public static ReadOnlyMemory<byte> Types(int count)
    {
        var buffer = new ArrayBufferWriter<byte>(count * 512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("holons");
            for (var i = 0; i < count; i++) WriteType(json, i);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static string NameOf(int number) => $"Kind{number:D5}";

    private static void WriteType(Utf8JsonWriter json, int number)
    {
        json.WriteStartObject();
        json.WriteString("key", KeyOf(number));
        json.WriteString("type", "MetaHolonType.MetaTypeDescriptor");
        json.WriteStartObject("properties");
        json.WriteString("TypeName", NameOf(number));
        json.WriteString("TypeNamePlural", $"{NameOf(number)}s");
        json.WriteString("DisplayName", NameOf(number));
        json.WriteString("DisplayNamePlural", $"{NameOf(number)}s");
        json.WriteString("Description", "One kind of many.");
        json.WriteEndObject();
        json.WriteStartArray("relationships");
        Relate(json, "Extends", "HolonType.TypeDescriptor");
        Relate(json, "ComponentOf", "Bench Schema");
        Relate(json, "InstanceProperties", "Title.PropertyType", "Effort.PropertyType", "Weight.PropertyType", "IsDone.PropertyType");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Relate(Utf8JsonWriter json, string name, params ReadOnlySpan<string> targets)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("target");
        foreach (var target in targets) json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
