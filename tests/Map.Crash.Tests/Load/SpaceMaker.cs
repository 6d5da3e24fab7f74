using Map.Daemon.Tests;
using Map.Rpc;
using Map.V1;

namespace Map.Crash.Tests.Load;

/// <summary>Makes spaces, and looks after a crash whether each is there whole, or not at all.</summary>
internal sealed class SpaceMaker(string data)
{
    private readonly List<string> _made = [];
    private string? _asked;

    /// <summary>Makes spaces until a call fails.</summary>
    public async Task RunAsync(MapClient client, int count)
    {
        for (; count > 0; count--)
        {
            _asked = $"space {_made.Count}";
            await client.CreateSpaceAsync(_asked, isBare: true);
            _made.Add(_asked);
            _asked = null;
        }
    }

    /// <summary>Compares the spaces with what was acknowledged.</summary>
    public async Task CompareAsync(MapClient client, string other)
    {
        var listed = (await client.ListSpacesAsync()).Spaces.Select(space => space.Name).ToList();
        if (_asked is { } asked)
        {
            // Either way the name leads on: to the space, or to another try.
            if (!listed.Contains(asked)) listed.Add((await client.CreateSpaceAsync(asked, isBare: true)).Space.Name);
            var failure = await Assert.ThrowsAsync<GrpcStatusException>(() => client.CreateSpaceAsync(asked, isBare: true));
            Assert.Equal(ErrorCode.SpaceExists, failure.GetDetail<HolonError>()!.Code);
            var space = await client.DescribeAsync(asked);
            Assert.Equal((0UL, 0UL), (space.LastCommit, space.Holons));
            _made.Add(asked);
            _asked = null;
        }

        Assert.Equal([.. _made.Append(other).Order(StringComparer.Ordinal)], listed.Order(StringComparer.Ordinal));
        Assert.Equal(listed.Count, Directory.EnumerateFileSystemEntries(Path.Combine(data, "spaces")).Count());
    }
}
