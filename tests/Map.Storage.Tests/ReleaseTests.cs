using System.Formats.Tar;
using System.IO.Compression;
using Map.Fixtures;

namespace Map.Storage.Tests;

/// <summary>
/// Data directories of earlier releases open, are whole, and read as they did. A new one is made, when a release changes
/// the format, with MAP_UPDATE_FIXTURES=1.
/// </summary>
public sealed class ReleaseTests
{
    private static string Fixtures => Path.Combine(RepositoryFiles.Root, "tests", "fixtures");

    public static TheoryData<string> Releases()
    {
        if (Environment.GetEnvironmentVariable("MAP_UPDATE_FIXTURES") == "1") Make(Path.Combine(Fixtures, "data-format-1.tar.gz"));
        return [.. Directory.GetFiles(Fixtures, "data-*.tar.gz").Select(path => Path.GetFileName(path)).Order()];
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_data_directory_of_an_earlier_release_opens_whole(string archive)
    {
        using var directory = new TestDirectory();
        using (var file = File.OpenRead(Path.Combine(Fixtures, archive)))
        using (var unzipped = new GZipStream(file, CompressionMode.Decompress))
            TarFile.ExtractToDirectory(unzipped, directory.Path, overwriteFiles: false);
        Assert.InRange(new FileInfo(Path.Combine(Fixtures, archive)).Length, 1, 100_000);
        var options = new StorageOptions { DataDirectory = Path.Combine(directory.Path, "data"), Time = EarlyTime.Clock };
        using (var closed = ClosedDirectory.Open(options, TimeProvider.System))
            Assert.Empty(closed.Verify(Assert.Single(closed.Spaces), null, default).Findings);
        using var catalog = SpaceCatalog.Open(options);
        var store = (HolonStore)catalog.Open(catalog.List()[0].Id);
        Assert.Equal(File.ReadAllText(Path.Combine(directory.Path, "latest.txt")), SpaceDump.Of(store, store.LatestCommit));
        Assert.Equal(File.ReadAllText(Path.Combine(directory.Path, "commit-8.txt")), SpaceDump.Of(store, 8));
        Assert.Empty(Verified.Findings(store));
    }

    private static void Make(string archive)
    {
        using var directory = new TestDirectory();
        using (var known = new KnownSpace())
        {
            var store = known.Space.Store;
            File.WriteAllText(Path.Combine(directory.Path, "latest.txt"), SpaceDump.Of(store, store.LatestCommit));
            File.WriteAllText(Path.Combine(directory.Path, "commit-8.txt"), SpaceDump.Of(store, 8));

            // Tables and a log, as a killed daemon leaves them.
            store.Rows.Flush();
            store.RecordRollback(known.Space.NewTransaction(), 5);
            DamagedFiles.CopyDirectory(known.Space.DataPath, Path.Combine(directory.Path, "data"));
        }

        using var file = File.Create(archive);
        using var zipped = new GZipStream(file, CompressionLevel.SmallestSize);
        TarFile.CreateFromDirectory(directory.Path, zipped, includeBaseDirectory: false);
    }
}
