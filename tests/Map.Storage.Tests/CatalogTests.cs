using Map.Core.Services;

namespace Map.Storage.Tests;

public sealed class CatalogTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string DataPath => _directory.Options().DataDirectory;

    private string CataloguePath => Path.Combine(DataPath, "daemon", "spaces.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_data_directory_is_the_owners_alone()
    {
        using var catalog = Open();
        Assert.Empty(catalog.List());
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(DataPath));
    }

    [Fact]
    public void Published_spaces_are_listed_by_name_also_after_a_restart()
    {
        var (b, a) = (TestSpace.NewRecord("beta"), TestSpace.NewRecord("Alpha"));
        using (var catalog = Open())
        {
            foreach (var space in (SpaceRecord[])[b, a])
            {
                catalog.Create(space);
                Assert.DoesNotContain(space, catalog.List());
                catalog.Publish(space.Id);
            }

            Assert.Equal([a, b], catalog.List());
        }

        using var again = Open();
        Assert.Equal([a, b], again.List());
        Assert.Equal(a.SpaceHolon, again.Open(a.Id).SpaceHolon);
    }

    [Fact]
    public void A_name_is_taken_once_without_regard_to_case()
    {
        using var catalog = Open();
        catalog.Create(TestSpace.NewRecord("Garden"));
        Assert.Contains("Garden", Assert.Throws<StoreException>(() => catalog.Create(TestSpace.NewRecord("gARDEN"))).Message);
    }

    [Fact]
    public void A_second_daemon_is_refused_with_the_first_ones_pid()
    {
        using (Open())
            Assert.Equal(
                $"another map-daemon (pid {Environment.ProcessId}) has this data directory open: {DataPath}. "
                    + "Stop it first, or choose another directory.",
                Assert.Throws<StoreException>(Open).Message);
        Open().Dispose();
    }

    [Fact]
    public void A_store_that_another_process_has_open_says_so()
    {
        using var catalog = Open();
        var space = Publish(catalog, "one");
        var path = Path.Combine(DataPath, "spaces", space.Id.ToString());
        using var cache = new Native.CacheHandle(1 << 20);
        var message = Assert.Throws<StoreException>(
            () => Native.Database.Open(path, create: false, cache, _directory.Options())).Message;
        Assert.Contains("has it open", message);
        Assert.Contains(path, message);
    }

    [Fact]
    public void Many_callers_open_one_store()
    {
        SpaceRecord space;
        using (var first = Open()) space = Publish(first, "one");
        using var catalog = Open();
        var stores = new IHolonStore[8];
        Parallel.For(0, stores.Length, i => stores[i] = catalog.Open(space.Id));
        Assert.All(stores, store => Assert.Same(stores[0], store));
    }

    [Fact]
    public void An_unknown_and_a_missing_space_say_so()
    {
        SpaceRecord space;
        using (var first = Open()) space = Publish(first, "one");
        Directory.Delete(Path.Combine(DataPath, "spaces", space.Id.ToString()), recursive: true);
        using var catalog = Open();
        Assert.Contains("missing", Assert.Throws<StoreException>(() => catalog.Open(space.Id)).Message);
        Assert.Contains("missing", Assert.Throws<StoreException>(() => catalog.Open(space.Id)).Message);
        Assert.Contains(
            "There is no space", Assert.Throws<StoreException>(() => catalog.Open(TestSpace.NewRecord("x").Id)).Message);
    }

    [Fact]
    public void What_is_not_published_is_gone_after_a_restart()
    {
        var space = TestSpace.NewRecord("half");
        using (var catalog = Open()) catalog.Create(space);
        Assert.NotEmpty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "spaces")));
        using var again = Open();
        Assert.Empty(again.List());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "spaces")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "daemon", "heads")));
    }

    [Fact]
    public void A_discarded_space_leaves_nothing_and_its_name_is_free()
    {
        using var catalog = Open();
        var space = TestSpace.NewRecord("gone");
        catalog.Create(space);
        catalog.Discard(space.Id);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "spaces")));
        catalog.Create(TestSpace.NewRecord("gone"));
    }

    [Fact]
    public void A_creation_that_fails_leaves_nothing()
    {
        using var catalog = SpaceCatalog.Open(_directory.Options(point =>
        {
            if (point == FaultPoint.SpaceCreated) throw new IOException("disk full");
        }));
        Assert.Throws<StoreException>(() => catalog.Create(TestSpace.NewRecord("x")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "spaces")));
    }

    [Theory]
    [InlineData(FaultPoint.CatalogueWritten, false)]
    [InlineData(FaultPoint.CatalogueRenamed, true)]
    public void A_crash_while_publishing_keeps_the_space_or_removes_it_whole(object step, bool isListed)
    {
        var space = TestSpace.NewRecord("x");
        var isArmed = false;
        using (var catalog = SpaceCatalog.Open(_directory.Options(point =>
        {
            if (isArmed && point == (FaultPoint)step) throw new IOException("power cut");
        })))
        {
            catalog.Create(space);
            isArmed = true;
            Assert.Throws<StoreException>(() => catalog.Publish(space.Id));
        }

        using var again = Open();
        Assert.Equal(isListed ? [space] : [], again.List());
        if (isListed) Assert.Equal(0, again.Open(space.Id).LatestCommit);
        else Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(DataPath, "spaces")));
    }

    [Fact]
    public void A_space_whose_publication_failed_can_be_discarded()
    {
        var space = TestSpace.NewRecord("x");
        var isArmed = false;
        using (var catalog = SpaceCatalog.Open(_directory.Options(point =>
        {
            if (isArmed && point == FaultPoint.CatalogueRenamed) throw new IOException("disk error");
        })))
        {
            catalog.Create(space);
            isArmed = true;
            Assert.Throws<StoreException>(() => catalog.Publish(space.Id));
            isArmed = false;
            catalog.Discard(space.Id);
        }

        using var again = Open();
        Assert.Empty(again.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1,\"spaces\":[{\"id\":\"nonsense\"}]}")]
    [InlineData("{\"format\":1,\"spaces\":[null]}")]
    [InlineData("{\"format\":2,\"spaces\":[]}")]
    public void A_damaged_catalogue_is_refused_by_its_name(string content)
    {
        Open().Dispose();
        File.WriteAllText(CataloguePath, content);
        Assert.Contains(CataloguePath, Assert.Throws<StoreException>(Open).Message);
        File.WriteAllText(CataloguePath, "{\"format\":1,\"spaces\":[]}");
        Open().Dispose();
    }

    [Fact]
    public void A_lost_catalogue_is_refused_and_no_space_is_removed()
    {
        SpaceRecord space;
        using (var catalog = Open()) space = Publish(catalog, "kept");
        File.Delete(CataloguePath);
        Assert.Contains("is missing", Assert.Throws<StoreException>(Open).Message);
        Assert.True(Directory.Exists(Path.Combine(DataPath, "spaces", space.Id.ToString())));
    }

    private static SpaceRecord Publish(SpaceCatalog catalog, string name)
    {
        var space = TestSpace.NewRecord(name);
        catalog.Create(space);
        catalog.Publish(space.Id);
        return space;
    }

    private SpaceCatalog Open() => SpaceCatalog.Open(_directory.Options());
}
