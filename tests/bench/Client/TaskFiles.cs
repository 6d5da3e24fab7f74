using System.Buffers;
using System.Text.Json;
using Map.V1;

namespace Map.Bench.Client;

/// <summary>What is loaded: tasks of five properties, the key among them, and four links or none.</summary>
internal static class TaskFiles
{
    public const string TypeKey = "Task.HolonType";

    /// <summary>What links them.</summary>
    public const string Relationship = "DependsUpon";

    /// <summary>How many tasks of a web depend upon one another, and upon how many each.</summary>
    public const int Web = FanOut * FanOut * FanOut;
    public const int FanOut = 10;

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
    public static ReadOnlyMemory<byte> Tasks(int count, bool isLinked) =>
        Write(TypeKey, 0, count, isLinked ? (json, number) => WriteLinks(json, number, count) : null);

    /// <summary>A file of tasks that each depend upon ten of them: of 1,000, three hops lead from any to each.</summary>
    /// <param name="first">The number of the first one.</param>
    /// <param name="count">How many.</param>
    public static ReadOnlyMemory<byte> Fans(int first, int count) => Write(
        TypeKey,
        first,
        count,
        (json, number) =>
        {
            json.WriteStartArray("relationships");
            Relate(json, Relationship, Enumerable.Range(0, FanOut).Select(i => first + (int)((((long)number - first) * FanOut + i) * Stride % count)));
            json.WriteEndArray();
        });

    /// <summary>A file of what has the properties of tasks, but is of another type.</summary>
    /// <param name="type">The key of that type.</param>
    /// <param name="first">The number of the first one.</param>
    /// <param name="count">How many.</param>
    public static ReadOnlyMemory<byte> Others(string type, int first, int count) => Write(type, first, count, null);

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

    private static ReadOnlyMemory<byte> Write(string type, int first, int count, Action<Utf8JsonWriter, int>? links)
    {
        var buffer = new ArrayBufferWriter<byte>(count * 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("holons");
            for (var i = first; i < first + count; i++)
            {
                json.WriteStartObject();
                WriteContent(json, type, i);
                links?.Invoke(json, i);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteContent(Utf8JsonWriter json, string type, int number)
    {
        json.WriteString("key", KeyOf(number));
        json.WriteString("type", type);
        json.WriteStartObject("properties");
        json.WriteString("Title", KeyOf(number));
        json.WriteNumber("Effort", number % 100);
        json.WriteNumber("Weight", number % 1000 / 1000.0 + 0.0005);
        json.WriteBoolean("IsDone", number % 2 == 0);
        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, int number, int count)
    {
        json.WriteStartArray("relationships");
        Relate(json, Relationship, Enumerable.Range(1, LinksUpon).Select(i => (int)((number + i * Stride) % count)));
        Relate(json, "Follows", [(number + 1) % count]);
        json.WriteEndArray();
    }

    private static void Relate(Utf8JsonWriter json, string name, IEnumerable<int> targets)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("target");
        foreach (var target in targets) json.WriteStringValue(KeyOf(target));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
