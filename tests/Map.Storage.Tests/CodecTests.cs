using System.Collections.Immutable;
using Map.Core.Identity;
using Map.Core.Services;
using Map.Core.Values;
using Map.Storage.Encoding;
using Xunit.Abstractions;

namespace Map.Storage.Tests;

public sealed class CodecTests(ITestOutputHelper output)
{
    private static readonly LocalId _id = new((UInt128)7 << 76 | 5);

    private static readonly PropertyMap _properties = PropertyMap.Create(
    [
        new("Active", new BooleanValue(true)),
        new("Blob", new BytesValue([.. "\0\u0001\u0002"u8])),
        new("Count", new IntegerValue(long.MinValue)),
        new("Key", new StringValue("schlüssel")),
        new("Name", new StringValue("")),
        new("Nan", new DoubleValue(double.NaN)),
        new("State", new EnumValue("Open")),
        new("Tags", new ArrayValue([new StringValue("a"), new IntegerValue(-1), new TimestampValue(3)])),
        new("Time", new TimestampValue(long.MaxValue)),
        new("Wörter", new ArrayValue([])),
    ]);

    /// <summary>Valid values of each kind of row, and what reads them.</summary>
    private static readonly (string Name, byte[] Value, Action<byte[]> Read)[] _rows =
    [
        ("node", Node(), value => NodeRow.Read(_id, 1, value)),
        ("node in part", Node(), value => NodeRow.Read(_id, 1, value, new PropertyChoice(["Name", "Tags"]))),
        ("node key", Node(), value => NodeRow.ReadKey(value, out _)),
        ("member", Written(w => MemberRow.Write(w, new MemberRow(1, 12345, 1UL << 63))), value => MemberRow.Read(new byte[RowKeys.LinkSize], value)),
        ("head", Written(w => GroupHead.Write(w, new GroupHead(3, 400, 50000, 300, 17, "Likes"))), value => GroupHead.Read(value)),
        ("key", Written(w => KeyRow.Write(w, _id)), value => KeyRow.Read(value)),
        ("transaction", Written(w => TransactionRow.Write(w, new TransactionOutcome(7, -5))), value => TransactionRow.Read(value)),
        ("meta head", Written(w => MetaRows.WriteHead(w, new CommitState(5, new byte[32], 6, 7))), value => MetaRows.ReadHead(value)),
        ("meta space", Written(w => MetaRows.WriteSpace(w, new SpaceId(_id), _id)), value => MetaRows.ReadSpace(value)),
        ("commit", Commit(), ReadCommit),
    ];

    [Fact]
    public void A_node_row_reads_back()
    {
        var saved = NodeRow.Read(_id, 9, Node());
        Assert.Equal(new SavedHolon(_id, 300, 9, _id, _properties, new LocalId(8)), saved);
        NodeRow.ReadKey(Node(), out var key);
        Assert.Equal("schlüssel", System.Text.Encoding.UTF8.GetString(key));
    }

    [Fact]
    public void Properties_that_are_not_wanted_are_passed_over()
    {
        foreach (var (name, value) in _properties)
        {
            var saved = NodeRow.Read(_id, 9, Node(), new PropertyChoice([name, "Other"]));
            Assert.Equal(PropertyMap.Empty.With(name, value), saved!.Properties);
        }

        Assert.Equal(_properties, NodeRow.Read(_id, 9, Node(), new PropertyChoice(_properties.Select(pair => pair.Key)))!.Properties);
        Assert.Equal(PropertyMap.Empty, NodeRow.Read(_id, 9, Node(), new PropertyChoice([]))!.Properties);
    }

    [Fact]
    public void Every_shortened_value_is_reported()
    {
        foreach (var (name, value, read) in _rows)
        {
            if (name == "node key") continue;
            read(value);
            for (var length = 0; length < value.Length; length++)
            {
                var shortened = value[..length];
                Assert.True(Record.Exception(() => read(shortened)) is StoreException, $"{name} cut at {length}");
            }

            Assert.IsType<StoreException>(Record.Exception(() => read([.. value, 0])));
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_a_value_or_a_store_exception_comes_of_them()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var (name, value, read) in _rows)
            for (var round = 0; round < 20_000; round++)
            {
                var damaged = (byte[])value.Clone();
                for (var i = random.Next(3); i >= 0; i--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                if (round % 3 == 0) damaged = damaged[..random.Next(damaged.Length + 1)];
                if (round % 5 == 0 && damaged.Length > 1) random.NextBytes(damaged.AsSpan(1));
                var failure = Record.Exception(() => read(damaged));
                Assert.True(failure is null or StoreException, $"seed {seed}, {name}: {failure}");
            }
    }

    [Fact]
    public void A_count_that_the_bytes_cannot_hold_allocates_nothing()
    {
        var writer = new ByteWriter();
        NodeRow.Write(writer, new NodeHeader(false, 1, null, null), new byte[NodeRow.SaltSize], PropertyMap.Empty);
        byte[] value = [.. writer.Written[..^1], 0xff, 0xff, 0xff, 0xff, 0x07];
        Assert.Throws<StoreException>(() => NodeRow.Read(_id, 1, value));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<StoreException>(() => NodeRow.Read(_id, 1, value));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Text_that_is_not_well_formed_is_not_saved_as_something_else()
    {
        using var space = new TestSpace();
        var change = space.Create() with { Properties = PropertyMap.Empty.With("Bad", new StringValue("\ud800")) };
        Assert.ThrowsAny<ArgumentException>(() => space.Commit(change));
        Assert.Equal(0, space.Latest);
    }

    [Fact]
    public void A_chunked_body_has_each_byte_once()
    {
        foreach (var length in (int[])[0, 1, 4096, 4097, 4096 + 65536, 4096 + 65537, 1_000_000])
        {
            var end = 0;
            for (var chunk = 0; chunk < CommitRecord.ChunkCount(length); chunk++)
            {
                var range = CommitRecord.ChunkRange(chunk, length);
                Assert.Equal(end, range.Start.Value);
                end = range.End.Value;
            }

            Assert.Equal(length, end);
        }
    }

    private static byte[] Written(Action<ByteWriter> write)
    {
        var writer = new ByteWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static byte[] Node() => Written(writer => NodeRow.Write(
        writer, new NodeHeader(false, 300, _id, new LocalId(8)), new byte[NodeRow.SaltSize], _properties));

    private static byte[] Commit()
    {
        var body = new CommitBody();
        body.AddNode(NodeChangeKind.Update, _id, 2, new byte[32]);
        body.AddLink(isAdd: true, _id, _id, new LinkSlot(1UL << 63, _id, 1));
        body.AddLink(isAdd: false, _id, new LocalId(3), new LinkSlot(0, _id, 0));
        var bytes = Written(writer => body.Finish(writer));
        var header = Written(writer => CommitRecord.WriteHeader(writer, new CommitHeader(
            4, _id, 3, 1_000_000, "a label", true, body.NodeCount, body.LinkCount, 10, 4, bytes.Length)));
        return Written(writer => CommitRecord.WriteFirst(writer, new byte[32], header, bytes));
    }

    private static void ReadCommit(byte[] value)
    {
        var header = CommitRecord.ReadFirst(value, out _, out _, out var body);
        CommitBody.Read(header, body);
    }
}
