using System.Buffers;
using System.Text.Json;
using Map.V1;

namespace Map.Bench.Client;

/// <summary>What is loaded: tasks of five properties, the key among them, and four links or none.</summary>
internal static class TaskFiles
{
    public const string TypeKey = "Task.HolonType";

    private const int LinksUpon = 3;

    // Odd and prime, so that the targets spread over all tasks.
    private const long Stride = 7_919;

    /// <summary>The types, in the import format.</summary>
    public static ReadOnlyMemory<byte> Schema()
    {
        using var stream = typeof(TaskFiles).Assembly.GetManifestResourceStream("schema.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static string KeyOf(int number) => $"Task {number:D7}";

    /// <summary>A file of tasks.</summary>
    /// <param name="count">How many.</param>
    /// <param name="isLinked">Whether each has four links to others.</param>
    public static ReadOnlyMemory<byte> Tasks(int count, bool isLinked)
    {
        var buffer = new ArrayBufferWriter<byte>(count * 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("holons");
            for (var i = 0; i < count; i++) WriteTask(json, i, count, isLinked);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>A task as a client stages it.</summary>
    public static HolonContent Content(HolonReference type, string key)
    {
        var content = new HolonContent { Descriptor_ = type, Key = key };
        content.Properties.Add(new Property { Name = "Title", Value = new BaseValue { StringValue = key } });
        content.Properties.Add(new Property { Name = "Effort", Value = new BaseValue { IntegerValue = 8 } });
        content.Properties.Add(new Property { Name = "Weight", Value = new BaseValue { DoubleValue = 0.5 } });
        content.Properties.Add(new Property { Name = "IsDone", Value = new BaseValue { BoolValue = false } });
        return content;
    }

    private static void WriteTask(Utf8JsonWriter json, int number, int count, bool isLinked)
    {
        json.WriteStartObject();
        json.WriteString("key", KeyOf(number));
        json.WriteString("type", TypeKey);
        json.WriteStartObject("properties");
        json.WriteString("Title", KeyOf(number));
        json.WriteNumber("Effort", number % 100);
        json.WriteNumber("Weight", number % 1000 / 1000.0 + 0.0005);
        json.WriteBoolean("IsDone", number % 2 == 0);
        json.WriteEndObject();
        if (isLinked) WriteLinks(json, number, count);
        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, int number, int count)
    {
        json.WriteStartArray("relationships");
        json.WriteStartObject();
        json.WriteString("name", "DependsUpon");
        json.WriteStartArray("target");
        for (var i = 1; i <= LinksUpon; i++) json.WriteStringValue(KeyOf((int)((number + i * Stride) % count)));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "Follows");
        json.WriteString("target", KeyOf((number + 1) % count));
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
