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
    private readonly ExportSelection? _selection;
    private readonly SpaceSchema _coreSchema;
    private readonly StreamLimit _limit;

    /// <summary>An export; nothing is read yet.</summary>
    /// <param name="view">What the transaction sees.</param>
    /// <param name="request">What to export of it.</param>
    /// <param name="selection">Finds what of it to export; null for all.</param>
    /// <param name="coreSchema">The core schema of this daemon.</param>
    /// <param name="limit">Counts those that run.</param>
    internal SpaceExport(
        TransactionView view, ExportRequest request, ExportSelection? selection, SpaceSchema coreSchema, StreamLimit limit) =>
        (_view, _request, _selection, _coreSchema, _limit) = (view, request, selection, coreSchema, limit);

    /// <summary>The messages: pieces of the file, each with how far it is, and the summary last.</summary>
    /// <exception cref="HolonException">
    /// A holon cannot be written so that it could be loaded, the selection is wrong, or too many exports run.
    /// </exception>
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
        _limit.Enter();
        try
        {
            foreach (var message in Parts()) yield return message;
        }
        finally
        {
            _limit.Leave();
        }
    }

    private IEnumerable<ExportResponse> Parts()
    {
        var schema = _coreSchema.HolonsIn(_view);
        var export = new GraphExport(_view, new ExportScope
        {
            Selection = _selection?.Find(_view),
            Present = _request.WithCoreSchema ? new HashSet<LocalId>() : schema,
            IsClosed = _request.Closed,
        });
        foreach (var piece in export.Pieces(ChunkSize))
            // The client is served before the piece is written anew.
            yield return new ExportResponse { Chunk = UnsafeByteOperations.UnsafeWrap(piece), Progress = ToProgress(export) };
        var changed = _request.WithCoreSchema ? 0 : SpaceSchema.CountChanged(_view, schema);
        yield return new ExportResponse { Summary = ToSummary(export.Counts, changed) };
    }

    private static Progress ToProgress(GraphExport export)
    {
        var done = export.Counts.Holons;
        return new Progress { Step = Step, Done = (ulong)done, Total = (ulong)Math.Max(export.Total, done) };
    }

    private static ExportSummary ToSummary(ExportCounts counts, long changed) => new()
    {
        Holons = (ulong)counts.Holons,
        Links = (ulong)counts.Links,
        OutsideLinks = (ulong)counts.OutsideLinks,
        ChangedCoreHolons = (ulong)changed,
    };
}
