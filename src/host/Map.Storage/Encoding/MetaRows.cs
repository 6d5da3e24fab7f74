using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage.Encoding;

/// <summary>The state of a space after a commit.</summary>
/// <param name="Number">The commit.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="LiveHolons">How many holons are live, the space's own not counted.</param>
/// <param name="SchemaEpoch">The last commit that touched a type descriptor.</param>
internal sealed record CommitState(long Number, byte[] Hash, long LiveHolons, long SchemaEpoch);

/// <summary>The rows of `meta`.</summary>
internal static class MetaRows
{
    /// <summary>The version of the whole layout that this program reads and writes.</summary>
    internal const int FormatVersion = 1;

    internal const int HashSize = 32;

    private const byte Version = 1;

    internal static ReadOnlySpan<byte> FormatKey => "format"u8;

    internal static ReadOnlySpan<byte> SpaceKey => "space"u8;

    internal static ReadOnlySpan<byte> HeadKey => "head"u8;

    internal static void WriteFormat(ByteWriter target, int version) => target.Count(version);

    internal static long ReadFormat(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "format row");
        var version = reader.Count();
        reader.End();
        return version;
    }

    internal static void WriteSpace(ByteWriter target, SpaceId space, LocalId holon)
    {
        target.Byte(Version);
        target.Id(space.Value);
        target.Id(holon);
    }

    internal static (SpaceId Space, LocalId Holon) ReadSpace(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "space row");
        reader.Header(Version, knownFlags: 0);
        var space = new SpaceId(reader.Id());
        var holon = reader.Id();
        reader.End();
        return (space, holon);
    }

    internal static void WriteHead(ByteWriter target, CommitState state)
    {
        target.Byte(Version);
        target.Count(state.Number);
        target.Bytes(state.Hash);
        target.Count(state.LiveHolons);
        target.Count(state.SchemaEpoch);
    }

    internal static CommitState ReadHead(ReadOnlySpan<byte> value)
    {
        var reader = new ByteReader(value, "head row");
        reader.Header(Version, knownFlags: 0);
        var state = new CommitState(reader.Count(), reader.Bytes(HashSize).ToArray(), reader.Count(), reader.Count());
        reader.End();
        return state;
    }
}
