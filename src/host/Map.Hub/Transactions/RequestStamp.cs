using System.Security.Cryptography;
using Google.Protobuf;
using Map.Core.Services;
using Map.Hub.Binding;
using Map.V1;

namespace Map.Hub.Transactions;

/// <summary>
/// What makes a mutation safe to repeat: the client's id for the request, and a digest of what it asks for, which tells
/// a repetition from another request under the same id.
/// </summary>
/// <param name="Id">The id: 1 to 200 printable ASCII characters.</param>
/// <param name="Digest">SHA-256 of the command.</param>
internal sealed record RequestStamp(string Id, byte[] Digest)
{
    private const int MaxLength = 200;

    /// <summary>The stamp of a mutation; null when the client gave no id.</summary>
    /// <exception cref="Map.Core.Errors.HolonException">The id is not allowed.</exception>
    public static RequestStamp? Of(string? id, MutationCommand mutation)
    {
        if (string.IsNullOrEmpty(id)) return null;
        if (id.Length > MaxLength || id.Any(each => each is < ' ' or > '~'))
            throw WireReader.Invalid("request_id", $"has at most {MaxLength} characters, all of them printable ASCII");
        return new RequestStamp(id, SHA256.HashData(mutation.ToByteArray()));
    }

    /// <summary>A reply to be kept for a repetition of the request.</summary>
    public KeptReply Keep(CommandResponse? reply) => new(Id, Digest, reply?.ToByteArray() ?? []);
}

/// <summary>Replies as they were sent.</summary>
internal static class RepeatedReplies
{
    /// <summary>The reply; null when the command answers nothing.</summary>
    public static CommandResponse? ToResponse(this KeptReply kept) =>
        kept.Reply.IsEmpty ? null : CommandResponse.Parser.ParseFrom(kept.Reply.Span);
}
