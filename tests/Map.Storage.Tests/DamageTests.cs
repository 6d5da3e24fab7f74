using Map.Core.Identity;
using Map.Core.Services;
using Map.Storage.Encoding;
using Xunit.Abstractions;

namespace Map.Storage.Tests;

/// <summary>
/// Files that are damaged, missing or replaced: each is found when the space is opened or by the check, nothing is ever
/// answered otherwise than it was saved, and other spaces go on.
/// </summary>
public sealed class DamageTests(DamagedFiles files, ITestOutputHelper output) : IClassFixture<DamagedFiles>
{
    /// <summary>What a damage may lead to.</summary>
    public enum Outcome
    {
        /// <summary>The space is not opened.</summary>
        Refused,

        /// <summary>The space is refused, or reads of the damaged part fail; the check finds it in any case.</summary>
        Found,

        /// <summary>Everything is there and right.</summary>
        Harmless,
    }

    [Theory]
    [InlineData("flip *.sst 0.02", Outcome.Found)]
    [InlineData("flip *.sst 0.3", Outcome.Found)]
    [InlineData("flip *.sst footer", Outcome.Found)]
    [InlineData("flip *.sst magic", Outcome.Found)]
    [InlineData("cut *.sst 0.5", Outcome.Refused)]
    [InlineData("cut *.sst 0", Outcome.Refused)]
    [InlineData("delete *.sst", Outcome.Refused)]
    [InlineData("swap *.sst", Outcome.Refused)]
    [InlineData("flip MANIFEST-* 0.5", Outcome.Refused)]
    [InlineData("cut MANIFEST-* 0.5", Outcome.Refused)]
    [InlineData("cut MANIFEST-* 0.9", Outcome.Refused)]
    [InlineData("delete MANIFEST-*", Outcome.Refused)]
    [InlineData("delete manifest.seal", Outcome.Harmless)]
    [InlineData("cut manifest.seal 0.5", Outcome.Harmless)]
    [InlineData("delete CURRENT", Outcome.Refused)]
    [InlineData("cut CURRENT 0", Outcome.Refused)]
    [InlineData("flip CURRENT 0.5", Outcome.Refused)]
    [InlineData("flip *.log 0.5", Outcome.Refused)]
    [InlineData("flip *.log 0.99", Outcome.Refused)]
    [InlineData("cut *.log 0.99", Outcome.Refused)]
    [InlineData("append *.log", Outcome.Harmless)]
    [InlineData("delete *.log", Outcome.Refused)]
    [InlineData("swap space", Outcome.Refused)]
    [InlineData("older space", Outcome.Refused)]
    [InlineData("delete space", Outcome.Refused)]
    [InlineData("delete head", Outcome.Harmless)]
    [InlineData("flip head 0.1", Outcome.Harmless)]
    [InlineData("cut head 0.5", Outcome.Harmless)]
    [InlineData("ahead head", Outcome.Refused)]
    [InlineData("other head", Outcome.Refused)]
    public void Damage_is_found_and_never_answered_with_wrong_data(string damage, Outcome expected)
    {
        using var copy = files.Copy();
        copy.Damage(damage);
        var findings = copy.Verify();
        var refusal = copy.OpenAndRead();
        output.WriteLine($"{damage}: {refusal}\n{string.Join('\n', findings)}");
        if (expected == Outcome.Harmless)
        {
            Assert.Null(refusal);
            return;
        }

        Assert.NotEmpty(findings);
        if (expected == Outcome.Refused) Assert.NotNull(refusal);
        if (refusal is not null) Assert.Matches("[Rr]estore|Put each directory back", refusal);
    }

    [Fact]
    public void Each_table_file_is_read_by_the_check()
    {
        using var whole = files.Copy();
        Assert.Empty(whole.Verify());
        var tables = Directory.GetFiles(whole.SpacePath, "*.sst");
        Assert.True(tables.Length > 6, "there are tables of most column families");
        foreach (var table in tables)
        {
            using var copy = files.Copy();
            var path = Path.Combine(copy.SpacePath, Path.GetFileName(table));
            var bytes = File.ReadAllBytes(path);
            bytes[8] ^= 0x40;
            File.WriteAllBytes(path, bytes);
            Assert.Contains(copy.Verify(), finding => finding.Contains(Path.GetFileName(table), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Random_flips_in_random_files_never_give_wrong_data()
    {
        var rounds = Environment.GetEnvironmentVariable("MAP_TEST_LONG") is null ? 60 : 2_000;
        var first = Environment.TickCount;
        var (refused, found, harmless) = (0, 0, 0);
        for (var seed = first; seed < first + rounds; seed++)
        {
            using var copy = files.Copy();
            var damage = copy.FlipAnywhere(new Random(seed));
            try
            {
                var findings = copy.Verify();
                var refusal = copy.OpenAndRead();
                if (refusal is not null)
                {
                    refused++;
                    Assert.NotEmpty(findings);
                }
                else if (findings.Count > 0) found++;
                else harmless++;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}: {damage}", failure);
            }
        }

        output.WriteLine($"seeds {first}...: {refused} refused, {found} found by the check alone, {harmless} harmless");
        Assert.True(refused > rounds / 10, "most files matter");
    }

    [Theory]
    [InlineData("cut list 0.5")]
    [InlineData("flip list name")]
    [InlineData("delete list")]
    public void A_damaged_list_of_spaces_is_refused_with_what_to_do(string damage)
    {
        using var copy = files.Copy();
        copy.Damage(damage);
        var refused = Assert.Throws<StoreException>(() => SpaceCatalog.Open(copy.Options)).Message;
        Assert.Contains("spaces.json", refused);
        Assert.Contains("Restore", refused);
        Assert.Throws<StoreException>(() => ClosedDirectory.Open(copy.Options, TimeProvider.System));
    }

    [Fact]
    public void A_directory_of_a_newer_format_is_refused_with_both_versions()
    {
        using var copy = files.Copy();
        var list = Path.Combine(copy.Path, "daemon", "spaces.json");
        File.WriteAllText(list, File.ReadAllText(list).Replace("\"format\": 1", "\"format\": 2"));
        var refused = Assert.Throws<StoreException>(() => SpaceCatalog.Open(copy.Options)).Message;
        Assert.Contains("has format 2; this map-daemon reads format 1", refused);
    }
}

/// <summary>A data directory with two spaces as a killed daemon leaves it, tables and logs, to be copied and damaged.</summary>
public sealed class DamagedFiles : IDisposable
{
    private readonly TestDirectory _directory = new();

    public DamagedFiles()
    {
        using var known = new KnownSpace();
        var space = known.Space;
        Other = TestSpace.NewRecord("Other");
        var other = (HolonStore)space.Catalog.Create(Other);
        space.Catalog.Publish(Other.Id);
        other.Rows.Flush();
        space.Store.Rows.Flush();
        Older = CopyDirectory(space.StorePath, System.IO.Path.Combine(_directory.Path, "older"));
        for (var i = 0; i < 20; i++) space.Commit(space.Create($"in the log {i}", known.TypeA));
        Record = space.Record;
        AsOf = [0, 5, 10, space.Latest];
        Dumps = [.. AsOf.Select(commit => SpaceDump.Of(space.Store, commit))];
        OtherDump = SpaceDump.Of(other, other.LatestCommit);
        Master = CopyDirectory(space.DataPath, System.IO.Path.Combine(_directory.Path, "master"));
    }

    internal SpaceRecord Record { get; }

    internal SpaceRecord Other { get; }

    internal long[] AsOf { get; }

    internal string[] Dumps { get; }

    internal string OtherDump { get; }

    internal string Older { get; }

    private string Master { get; }

    public void Dispose() => _directory.Dispose();

    internal DamagedCopy Copy() => new(this, CopyDirectory(
        Master, System.IO.Path.Combine(_directory.Path, Guid.NewGuid().ToString("N"))));

    internal static string CopyDirectory(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            if (System.IO.Path.GetFileName(file) is not ("lock" or "pid" or "LOCK"))
                File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        foreach (var directory in Directory.GetDirectories(from))
            CopyDirectory(directory, System.IO.Path.Combine(to, System.IO.Path.GetFileName(directory)));
        return to;
    }
}

/// <summary>One copy, to damage.</summary>
internal sealed class DamagedCopy(DamagedFiles files, string path) : IDisposable
{
    private bool _isSwapped;

    internal string Path { get; } = path;

    internal StorageOptions Options => new() { DataDirectory = Path, BlockCacheBytes = 8 << 20 };

    internal string SpacePath => System.IO.Path.Combine(Path, "spaces", files.Record.Id.ToString());

    private string OtherPath => System.IO.Path.Combine(Path, "spaces", files.Other.Id.ToString());

    private string HeadPath => System.IO.Path.Combine(Path, "daemon", "heads", files.Record.Id.ToString());

    /// <summary>What the check says without a daemon.</summary>
    internal IReadOnlyList<string> Verify()
    {
        try
        {
            // The commits are of 1970, the clock is not: their outcomes may be gone, and are checked elsewhere.
            using var directory = ClosedDirectory.Open(Options, TimeProvider.System);
            return [.. directory.Spaces.SelectMany(space => directory.Verify(space, null, default).Findings)
                .Select(finding => $"{finding.Part}: {finding.Message}")];
        }
        catch (StoreException failure)
        {
            return [failure.Message];
        }
    }

    /// <summary>Opens the spaces and reads all of them, of several commits.</summary>
    /// <returns>Why something is refused; null when everything is there. Anything else than what was saved fails.</returns>
    internal string? OpenAndRead()
    {
        try
        {
            using var catalog = SpaceCatalog.Open(Options);
            var refusal = Read(catalog, files.Record, files.AsOf, files.Dumps);
            var other = Read(catalog, files.Other, [0], [files.OtherDump]);
            Assert.True(refusal is null || other is null || _isSwapped, "one damaged file harms one space");
            return refusal ?? other;
        }
        catch (StoreException failure)
        {
            return failure.Message;
        }
    }

    internal void Damage(string what)
    {
        var words = what.Split(' ');
        switch (words[0], words[1])
        {
            case ("swap", "space"):
                Swap(SpacePath, OtherPath);
                _isSwapped = true;
                break;
            case ("older", "space"):
                Directory.Delete(SpacePath, recursive: true);
                DamagedFiles.CopyDirectory(files.Older, SpacePath);
                break;
            case ("delete", "space"): Directory.Delete(SpacePath, recursive: true); break;
            case ("ahead", "head"): WriteHead(new CommitState(1_000, new byte[MetaRows.HashSize], 0, 0)); break;
            case ("other", "head"): WriteHead(new CommitState(3, new byte[MetaRows.HashSize], 0, 0)); break;
            case ("swap", _): File.Copy(Find(words[1], OtherPath), Find(words[1], SpacePath), overwrite: true); break;
            case ("delete", _): File.Delete(Find(words[1])); break;
            case ("append", _): File.AppendAllText(Find(words[1]), "torn"); break;
            case ("cut", _): Change(Find(words[1]), bytes => bytes[..(int)(bytes.Length * Share(words[2]))]); break;
            default: Change(Find(words[1]), bytes => Flip(bytes, words[2])); break;
        }
    }

    /// <summary>Changes up to three bytes of one file, any but those that are only for people.</summary>
    internal string FlipAnywhere(Random random)
    {
        var all = Directory.GetFiles(Path, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length > 0 && !System.IO.Path.GetFileName(file).StartsWith("LOG", StringComparison.Ordinal))
            .Order().ToArray();
        var chosen = all[random.Next(all.Length)];
        var places = new List<int>();
        Change(chosen, bytes =>
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                places.Add(random.Next(bytes.Length));
                bytes[places[^1]] ^= (byte)random.Next(1, 256);
            }

            return bytes;
        });
        return $"{System.IO.Path.GetRelativePath(Path, chosen)} at {string.Join(", ", places)}";
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string? Read(SpaceCatalog catalog, SpaceRecord space, long[] asOf, string[] dumps)
    {
        string? refusal = null;
        try
        {
            var listed = catalog.List().FirstOrDefault(each => each.Id == space.Id);
            Assert.Equal(space, listed);
            var store = (HolonStore)catalog.Open(space.Id);
            Assert.Equal(asOf[^1], store.LatestCommit);
            for (var i = 0; i < asOf.Length; i++)
            {
                try
                {
                    Assert.Equal(dumps[i], SpaceDump.Of(store, asOf[i]));
                }
                catch (StoreException failure)
                {
                    refusal = failure.Message;
                }
            }
        }
        catch (StoreException failure)
        {
            refusal = failure.Message;
        }

        return refusal;
    }

    private static double Share(string word) => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Flip(byte[] bytes, string where)
    {
        var index = where switch
        {
            "footer" => bytes.Length - 52, // Where the index is.
            "magic" => bytes.Length - 1,
            "name" => bytes.AsSpan().IndexOf("Other"u8),
            _ => (int)(bytes.Length * Share(where)),
        };
        bytes[index] ^= 0x01;
        return bytes;
    }

    private static void Change(string path, Func<byte[], byte[]> change) => File.WriteAllBytes(path, change(File.ReadAllBytes(path)));

    private static void Swap(string x, string y)
    {
        Directory.Move(x, x + ".moved");
        Directory.Move(y, x);
        Directory.Move(x + ".moved", y);
    }

    private void WriteHead(CommitState state)
    {
        using var file = HeadFile.Open(HeadPath);
        file.Write(state);
    }

    private string Find(string pattern, string? folder = null) => pattern switch
    {
        "head" => HeadPath,
        "list" => System.IO.Path.Combine(Path, "daemon", "spaces.json"),
        _ => Directory.GetFiles(folder ?? SpacePath, pattern).MaxBy(file => new FileInfo(file).Length)!,
    };
}
