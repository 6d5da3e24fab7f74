using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>The value of a row in `transactions`: how a transaction ended.</summary>
internal static class TransactionRow
{
    private const byte Version = 1;
    private const byte Committed = 0x10;

    internal static void Write(ByteWriter target, TransactionOutcome outcome)
    {
        target.Byte((byte)(outcome.CommitNumber is null ? Version : Version | Committed));
        target.Signed(outcome.EndedUnixMicros);
        if (outcome.CommitNumber is { } number) target.Count(number);
    }

    internal static TransactionOutcome Read(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "transaction row");
        var flags = reader.Header(Version, Committed);
        var ended = reader.Signed();
        long? number = (flags & Committed) == 0 ? null : reader.Count();
        reader.End();
        return new TransactionOutcome(number, ended);
    }
}
