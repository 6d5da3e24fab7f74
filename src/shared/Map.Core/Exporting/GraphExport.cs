using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Map.Core.Errors;
using Map.Core.Views;

namespace Map.Core.Exporting;

/// <summary>
/// Holons of a transaction's view as one file of the import format. The same graph gives the same bytes, whatever space it
/// is in and however it came about: order and references hang on content alone, but for holons without a key, which stand
/// in order of creation. Memory is needed for the largest holon, and for those that go by labels.
/// </summary>
public sealed class GraphExport
{
    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TransactionView _view;
    private readonly ExportOrder _order;
    private readonly HolonWriter _writer;

    /// <summary>An export; nothing is read yet.</summary>
    public GraphExport(TransactionView view, ExportScope scope)
    {
        var references = new ExportReferences(view, scope);
        _view = view;
        _order = new ExportOrder(view, scope, references);
        _writer = new HolonWriter(view, scope, references);
    }

    /// <summary>How many holons there are to write, about.</summary>
    public long Total => _order.Count;

    /// <summary>What was written so far.</summary>
    public ExportCounts Counts => _writer.Counts;

    /// <summary>The file, piece by piece. A piece is good until the next one is asked for.</summary>
    /// <param name="size">The bytes of a piece, at most.</param>
    /// <exception cref="HolonException">A holon cannot be written so that it could be loaded.</exception>
    /// <exception cref="OperationCanceledException">The view's reads were cancelled.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(int size)
    {
        var buffer = new ArrayBufferWriter<byte>(2 * size);
        using var json = new Utf8JsonWriter(buffer, Form);
        WriteStart(json);
        foreach (var id in _order.Holons())
        {
            _view.Cancellation.ThrowIfCancellationRequested();
            _writer.Write(json, id);
            if (json.BytesPending + buffer.WrittenCount < size) continue;
            json.Flush();
            foreach (var piece in Cut(buffer.WrittenMemory, size)) yield return piece;
            buffer.ResetWrittenCount();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        foreach (var piece in Cut(buffer.WrittenMemory, size)) yield return piece;
    }

    private static void WriteStart(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("meta");
        json.WriteString("generator", "map-daemon export");
        json.WriteEndObject();
        json.WriteStartArray("holons");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> bytes, int size)
    {
        for (var at = 0; at < bytes.Length; at += size) yield return bytes.Slice(at, Math.Min(size, bytes.Length - at));
    }
}
