using Google.Protobuf;
using Map.Crash.Tests.Model;
using Tasks = System.Collections.Immutable.ImmutableSortedDictionary<string, Map.Crash.Tests.Model.TaskContent>;

namespace Map.Crash.Tests.Load;

/// <summary>The type of the tasks, in the import format.</summary>
internal static class SchemaFile
{
    public static ByteString Read()
    {
        using var stream = typeof(SchemaFile).Assembly.GetManifestResourceStream("schema.json")!;
        return ByteString.FromStream(stream);
    }

    /// <summary>Tasks without links.</summary>
    public static ByteString Hubs(IEnumerable<string> keys)
    {
        var tasks = keys.Aggregate(Tasks.Empty, (all, key) => all.Add(key, new TaskContent(1, false, [], null, false)));
        return ImportFile.Of(tasks, tasks.Keys);
    }
}
