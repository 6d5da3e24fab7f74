using System.Text;
using Map.Core.Loading;
using Map.Hub.Spaces;
using Map.V1;

namespace Map.Hub.Tests.Exports;

/// <summary>A whole export.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Summary">What it holds.</param>
internal sealed record ExportedFile(byte[] Bytes, ExportSummary Summary)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public ImportSource Source => new("export.json", Bytes);

    /// <summary>Exports what a transaction sees.</summary>
    public static ExportedFile Of(TestHub hub, TestTransaction transaction, ExportRequest? request = null)
    {
        var bytes = new MemoryStream();
        var summary = default(ExportSummary);
        foreach (var message in hub.Spaces.Export(transaction.Id, request ?? new ExportRequest(), default).Messages())
        {
            Assert.Null(summary);
            bytes.Write(message.Chunk.Span);
            summary = message.Summary;
        }

        return new ExportedFile(bytes.ToArray(), Assert.IsType<ExportSummary>(summary));
    }

    /// <summary>Exports what is saved in a space.</summary>
    public static ExportedFile Of(TestHub hub, HolonSpaceManager space, ExportRequest? request = null) => Of(hub, hub.Begin(space), request);

    /// <summary>Loads it into a space and commits.</summary>
    public void LoadInto(TestHub hub, HolonSpaceManager space)
    {
        var transaction = hub.Begin(space);
        Assert.Equal((Summary.Holons, Summary.Links, 0UL), Counts(transaction.Load(Source)));
        transaction.Commit();
    }

    private static (ulong Holons, ulong Targets, ulong Updated) Counts(LoadResult load) => (load.Holons, load.Targets, load.Updated);
}
