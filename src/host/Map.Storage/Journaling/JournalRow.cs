using System.Buffers.Binary;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Transactions;
using Map.Storage.Encoding;

namespace Map.Storage.Journaling;

/// <summary>
/// The rows of `journal`: row 0 says how the transaction began, further ones its commands in order. A command that
/// changes much goes on in further rows.
/// </summary>
internal static class JournalRow
{
    internal const int KeySize = LocalId.Size + sizeof(uint);

    internal const string What = "journal row";

    /// <summary>A row that has this much is full, and the next change goes into another one.</summary>
    internal const int FullBytes = 1 << 20;

    private const byte Version = 1;

    /// <summary>The command goes on in the next row.</summary>
    private const byte GoesOn = 0x10;

    /// <summary>The command began in an earlier row.</summary>
    private const byte Continues = 0x20;
    private const byte HasReply = 0x40;

    private const byte Step = 1;
    private const byte Move = 2;
    private const byte Mark = 3;
    private const int MinChangeSize = 3;

    internal static void WriteKey(Span<byte> target, LocalId transaction, uint sequence)
    {
        transaction.Write(target);
        BinaryPrimitives.WriteUInt32BigEndian(target[LocalId.Size..], sequence);
    }

    internal static (LocalId Transaction, uint Sequence) ReadKey(ReadOnlySpan<byte> key) => key.Length == KeySize
        ? (LocalId.Read(key[..LocalId.Size]), BinaryPrimitives.ReadUInt32BigEndian(key[LocalId.Size..]))
        : throw new StoreException($"A key in the journal has {key.Length} bytes instead of {KeySize}.");

    internal static void Write(ByteWriter target, TransactionOrigin origin)
    {
        target.Byte(Version);
        target.Text(origin.Label);
        target.Text(origin.Client);
        target.Text(origin.Caller);
        target.Signed(origin.CallerScope);
        target.Signed(origin.BegunUnixMicros);
        target.Count(origin.Snapshot);
        target.Count(origin.SchemaEpoch);
    }

    internal static TransactionOrigin ReadOrigin(TransactionId transaction, ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, What);
        reader.Header(Version, knownFlags: 0);
        var origin = new TransactionOrigin(
            transaction, reader.Text(), reader.Text(), reader.Text(), (int)reader.Signed(), reader.Signed(), reader.Count(),
            reader.Count());
        reader.End();
        return origin;
    }

    /// <summary>Writes a command as one row or more.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="put">Takes the value of each row in order.</param>
    internal static void Write(JournalEntry entry, Action<ByteWriter> put)
    {
        if (entry is JournalStep step)
        {
            WriteStep(step, put);
            return;
        }

        var row = new ByteWriter();
        if (entry is JournalMark mark)
        {
            WriteStart(row, entry, Mark, goesOn: false);
            row.Text(mark.Marker);
            row.Text(mark.Label);
        }
        else
        {
            WriteStart(row, entry, Move, goesOn: false);
            row.Signed(((JournalMove)entry).Steps);
        }

        put(row);
    }

    private static void WriteStep(JournalStep step, Action<ByteWriter> put)
    {
        var (row, changes) = (new ByteWriter(), new ByteWriter());
        var (done, isFirst) = (0, true);
        do
        {
            var from = done;
            changes.Clear();
            while (done < step.Changes.Count && changes.Length < FullBytes) ChangeCodec.Write(changes, step.Changes[done++]);
            row.Clear();
            var goesOn = done < step.Changes.Count;
            if (isFirst) WriteStart(row, step, Step, goesOn);
            else row.Byte((byte)(Version | Continues | (goesOn ? GoesOn : 0)));
            row.Count(done - from);
            row.Bytes(changes.Written);
            put(row);
            isFirst = false;
        }
        while (done < step.Changes.Count);
    }

    private static void WriteStart(ByteWriter row, JournalEntry entry, byte kind, bool goesOn)
    {
        row.Byte((byte)(Version | (goesOn ? GoesOn : 0) | (entry.Reply is null ? 0 : HasReply)));
        row.Byte(kind);
        if (entry.Reply is not { } reply) return;
        Invariant.Require(reply.Digest.Length == KeptReply.DigestSize, "a digest is a SHA-256 hash");
        row.Text(reply.RequestId);
        row.Bytes(reply.Digest.Span);
        row.Count(reply.Reply.Length);
        row.Bytes(reply.Reply.Span);
    }

    /// <summary>Reads the row that begins a command.</summary>
    /// <param name="value">The row's value.</param>
    /// <param name="saved">The saved versions that drafts are staged from.</param>
    /// <param name="changes">Takes the changes of a step.</param>
    /// <param name="goesOn">Whether further rows have further changes.</param>
    internal static JournalEntry ReadStart(
        ReadOnlySpan<byte> value, SavedVersions saved, List<StateChange> changes, out bool goesOn)
    {
        var reader = new ByteReader(value, What);
        var flags = reader.Header(Version, GoesOn | HasReply);
        goesOn = (flags & GoesOn) != 0;
        var kind = reader.Byte();
        var reply = (flags & HasReply) != 0
            ? new KeptReply(reader.Text(), reader.Bytes(KeptReply.DigestSize).ToArray(), reader.Block().ToArray())
            : null;
        if (kind == Step)
        {
            ReadChanges(ref reader, saved, changes);
            return new JournalStep(changes) { Reply = reply };
        }

        if (kind is not (Move or Mark) || goesOn) reader.Damaged($"a command is of kind {kind}");
        JournalEntry entry = kind == Mark ? new JournalMark(reader.Text(), reader.Text()) : ReadMove(ref reader);
        reader.End();
        return entry with { Reply = reply };
    }

    private static JournalMove ReadMove(ref ByteReader reader)
    {
        var steps = reader.Signed();
        if (steps is < int.MinValue or > int.MaxValue) reader.Damaged("a move is out of range");
        return new JournalMove((int)steps);
    }

    /// <summary>Reads a row that continues a command.</summary>
    internal static void ReadMore(ReadOnlySpan<byte> value, SavedVersions saved, List<StateChange> changes, out bool goesOn)
    {
        var reader = new ByteReader(value, What);
        var flags = reader.Header(Version, GoesOn | Continues);
        if ((flags & Continues) == 0) reader.Damaged("the command before it ends early");
        goesOn = (flags & GoesOn) != 0;
        ReadChanges(ref reader, saved, changes);
    }

    private static void ReadChanges(ref ByteReader reader, SavedVersions saved, List<StateChange> changes)
    {
        var count = reader.Items(MinChangeSize);
        for (var i = 0; i < count; i++) changes.Add(ChangeCodec.Read(ref reader, saved));
        reader.End();
    }
}
