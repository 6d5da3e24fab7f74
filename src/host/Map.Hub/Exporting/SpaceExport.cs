using Google.Protobuf;
using Map.Core.Errors;
using Map.Core.Exporting;
using Map.Core.Identity;
using Map.Core.Views;
using Map.Hub.Dispatch;
using Map.V1;

namespace Map.Hub.Exporting;

/// <summary>
/// One export of what a transaction saw when it began. It goes on at the pace of its client: nothing is read ahead.
/// </summary>
public sealed class SpaceExport
{
    /// <summary>Bytes of one message.</summary>
    private const int ChunkSize = 256 << 10;

    private const string Step = "exporting";

    private readonly TransactionView _view;
    private readonly ExportRequest _request;
    private readonly SpaceSchema _coreSchema;

    internal SpaceExport(TransactionView view, ExportRequest request, SpaceSchema coreSchema)
    {
        ExportSelection.Check(request.Selection);
        (_view, _request, _coreSchema) = (view, request, coreSchema);
    }

    /// <summary>The messages: pieces of the file, each with how far it is, and the summary last.</summary>
    /// <exception cref="HolonException">A holon cannot be written so that it could be loaded.</exception>
    public IEnumerable<ExportResponse> Messages()
    {
        using var record = HubTelemetry.Start("Export");
        record.Outcome = "cancelled";
        using var messages = Write().GetEnumerator();
        while (Next(messages, record)) yield return messages.Current;
        record.Outcome = "ok";
    }

    private static bool Next(IEnumerator<ExportResponse> messages, HubTelemetry.CommandRecord record)
    {
        try
        {
            return messages.MoveNext();
        }
        catch (HolonException e)
        {
            record.Outcome = e.Errors[0].Code.ToString();
            throw;
        }
    }

    private IEnumerable<ExportResponse> Write()
    {
        var schema = _coreSchema.HolonsIn(_view);
        var selection = _request.Selection is { } query ? ExportSelection.Find(_view, query) : null;
        var export = new GraphExport(_view, new ExportScope
        {
            Selection = selection,
            Present = _request.WithCoreSchema ? new HashSet<LocalId>() : schema,
            IsClosed = _request.Closed,
        });
        foreach (var piece in export.Pieces(ChunkSize))
        {
            yield return new ExportResponse
            {
                // The client is served before the piece is written anew.
                Chunk = UnsafeByteOperations.UnsafeWrap(piece),
                Progress = new Progress { Step = Step, Done = (ulong)export.Counts.Holons, Total = (ulong)Math.Max(export.Total, export.Counts.Holons) },
            };
        }

        yield return new ExportResponse { Summary = ToSummary(export.Counts, _request.WithCoreSchema ? 0 : SpaceSchema.CountChanged(_view, schema)) };
    }

    private static ExportSummary ToSummary(ExportCounts counts, long changed) => new()
    {
        Holons = (ulong)counts.Holons,
        Links = (ulong)counts.Links,
        OutsideLinks = (ulong)counts.OutsideLinks,
        ChangedCoreHolons = (ulong)changed,
    };
}
