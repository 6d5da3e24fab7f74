using Map.Core.Errors;
using Map.Core.Services;

namespace Map.Hub.Transactions;

/// <summary>
/// The replies to the last mutations of one transaction that came with a request id. The oldest goes when there are too
/// many, or too many bytes.
/// </summary>
internal sealed class KeptReplies
{
    /// <summary>How many replies are kept.</summary>
    public const int MaxCount = 1_000;

    /// <summary>How many bytes of replies are kept; the last reply is, whatever its size.</summary>
    public const int MaxBytes = 4 << 20;

    private readonly Dictionary<string, KeptReply> _byId = new(StringComparer.Ordinal);
    private readonly Queue<KeptReply> _oldestFirst = [];
    private long _bytes;

    /// <summary>The reply to an earlier request that this one repeats; null when it is new.</summary>
    /// <exception cref="HolonException">The id was used for another request.</exception>
    public KeptReply? Find(RequestStamp stamp)
    {
        if (!_byId.TryGetValue(stamp.Id, out var kept)) return null;
        if (kept.Digest.Span.SequenceEqual(stamp.Digest)) return kept;
        throw new HolonException(
            HolonErrorCode.RequestIdReused,
            $"The request id \"{stamp.Id}\" was used for another request of this transaction. Give each request an id of its own.",
            field: "request_id");
    }

    /// <summary>Keeps a reply.</summary>
    public void Keep(KeptReply reply)
    {
        _byId.Add(reply.RequestId, reply);
        _oldestFirst.Enqueue(reply);
        _bytes += reply.Reply.Length;
        while (_byId.Count > MaxCount || (_bytes > MaxBytes && _byId.Count > 1))
        {
            var oldest = _oldestFirst.Dequeue();
            _byId.Remove(oldest.RequestId);
            _bytes -= oldest.Reply.Length;
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byId.Clear();
        _oldestFirst.Clear();
        _bytes = 0;
    }
}
