using System.Buffers.Binary;
using Map.Core.Services;
using Map.Storage.Encoding;
using Map.Storage.Native;

namespace Map.Storage.Verifying;

/// <summary>
/// Walks the commit records: the chain of hashes, what each says of the state after it, and that whatever a commit
/// changed is there as it says.
/// </summary>
internal sealed class ChainCheck(VerifyScene scene, RecordedRows recorded) : FamilyCheck(scene, ColumnFamily.Commits)
{
    private readonly RecordCheck _record = new(scene, recorded);
    private byte[]? _previous = new byte[MetaRows.HashSize];
    private long _expected;
    private long? _liveHolons = -1;
    private long _schemaEpoch;

    // The record whose rows are being read.
    private CommitHeader? _header;
    private byte[] _headerBytes = [];
    private byte[] _hash = [];
    private byte[] _body = [];
    private int _bodySize;
    private int _nextChunk;

    protected override void Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length != RowKeys.CommitSize)
        {
            Report($"Row {Convert.ToHexStringLower(key)} has no key of a commit record.");
            return;
        }

        var number = BinaryPrimitives.ReadInt64BigEndian(key);
        var chunk = BinaryPrimitives.ReadInt32BigEndian(key[sizeof(long)..]);
        if (chunk == 0)
        {
            FinishRecord();
            Begin(number, value);
        }
        else if (_header is not null && _header.Number == number && chunk == _nextChunk
            && _bodySize + value.Length <= _header.BodyLength)
        {
            Append(value);
        }
        else if (_header is not null || number >= _expected)
        {
            Report($"Part {chunk} of the record of commit {number} belongs to nothing.");
        }
    }

    protected override void Finish(bool isWhole)
    {
        FinishRecord();
        if (_expected <= Scene.Head.Number) ReportMissing(_expected, Scene.Head.Number);
        if (_previous is not null && !_previous.AsSpan().SequenceEqual(Scene.Head.Hash))
            Report($"The last commit {Scene.Head.Number} has not the hash that `meta` keeps of it.");
    }

    private void Begin(long number, ReadOnlySpan<byte> value)
    {
        _header = null;
        if (number < 0 || number > Scene.Head.Number)
        {
            Report($"There is a record of commit {number}, after the last commit {Scene.Head.Number}.");
            return;
        }

        if (number > _expected)
        {
            ReportMissing(_expected, number - 1);
            Forget();
        }

        _expected = number + 1;
        CommitHeader header;
        ReadOnlySpan<byte> hash, headerBytes, bodyStart;
        try
        {
            header = CommitRecord.ReadFirst(value, out hash, out headerBytes, out bodyStart);
        }
        catch (StoreException)
        {
            Forget();
            throw;
        }

        if (header.Number != number) Report($"The record of commit {number} says that it is {header.Number}.");
        _header = header with { Number = number };
        (_hash, _headerBytes, _bodySize, _nextChunk) = (hash.ToArray(), headerBytes.ToArray(), 0, 0);

        // Grown as the rows come: a damaged length must not take memory.
        if (_body.Length > 16 << 20) _body = [];
        if (bodyStart.Length <= header.BodyLength) Append(bodyStart);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_body.Length < _bodySize + part.Length)
            Array.Resize(ref _body, (int)Math.Min(Array.MaxLength, Math.Max(2L * _body.Length, _bodySize + part.Length)));
        part.CopyTo(_body.AsSpan(_bodySize));
        _bodySize += part.Length;
        _nextChunk++;
    }

    private void FinishRecord()
    {
        if (_header is not { } header) return;
        _header = null;
        var body = _body.AsSpan(0, _bodySize);
        if (_bodySize != header.BodyLength)
        {
            Report($"The record of commit {header.Number} has {_bodySize} of its {header.BodyLength} bytes.");
            Forget();
            _previous = _hash;
            return;
        }

        if (_previous is not null && !_hash.AsSpan().SequenceEqual(CommitRecord.Hash(_previous, _headerBytes, body)))
            Report($"The record of commit {header.Number} does not have its hash: it, or one before it, was changed.");
        _previous = _hash;
        try
        {
            var liveDelta = _record.Check(header, body);
            CheckState(header, liveDelta);
        }
        catch (StoreException failure)
        {
            Scene.Report(ColumnFamily.Commits, $"The record of commit {header.Number}", failure);
            Forget();
        }
    }

    private void CheckState(CommitHeader header, long liveDelta)
    {
        if (_liveHolons is { } before && before + liveDelta != header.LiveHolons)
            Report(
                $"The record of commit {header.Number} says that {header.LiveHolons} holons live after it; "
                + $"by its changes it is {before + liveDelta}.");
        _liveHolons = header.LiveHolons;
        if (header.TouchesSchema) _schemaEpoch = header.Number;
        else if (_schemaEpoch < 0) _schemaEpoch = header.SchemaEpoch;
        if (header.SchemaEpoch != _schemaEpoch)
            Report(
                $"The record of commit {header.Number} says that commit {header.SchemaEpoch} was the last to touch the "
                + $"schema; it was {_schemaEpoch}.");
        _schemaEpoch = header.SchemaEpoch;
    }

    /// <summary>What the commit before left is not known.</summary>
    private void Forget()
    {
        (_previous, _liveHolons, _schemaEpoch) = (null, null, -1);
        recorded.IsComplete = false;
    }

    private void ReportMissing(long first, long last)
    {
        recorded.IsComplete = false;
        if (last == Scene.Head.Number) _previous = null;
        Report(first == last
            ? $"The record of commit {first} is missing."
            : $"The records of the commits {first} to {last} are missing.");
    }
}
