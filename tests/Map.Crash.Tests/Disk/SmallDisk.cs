using System.Diagnostics;

namespace Map.Crash.Tests.Disk;

/// <summary>A file system of its own, in memory, that can be filled and made read-only.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Block = 1 << 16;

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    private long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? FindHindrance()
    {
        var path = Fixtures.RepositoryFiles.NewDirectory();
        var (code, error) = Run("mount", "-t", "tmpfs", "-o", "size=1m", "map-test", path);
        if (code == 0) Run("umount", path);
        Directory.Delete(path);
        return code == 0 ? null : $"a small file system cannot be mounted here: {error}";
    }

    /// <param name="mebibytes">Its size.</param>
    /// <param name="path">Where; null for a new directory.</param>
    public static SmallDisk Mount(int mebibytes, string? path = null)
    {
        path ??= Fixtures.RepositoryFiles.NewDirectory();
        Must("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "map-test", path);
        return new SmallDisk(path);
    }

    /// <summary>Takes all space but this much.</summary>
    public void Fill(long leftBytes = 0)
    {
        using var file = new FileStream(Ballast, FileMode.Append);
        var zeros = new byte[Block];
        try
        {
            while (FreeBytes > leftBytes) file.Write(zeros, 0, (int)Math.Min(Block, FreeBytes - leftBytes));
            file.Flush();
        }
        catch (IOException)
        {
            // Full to the last block.
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Remount(bool isReadOnly) => Must("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Path);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static void Must(string program, params string[] args)
    {
        var (code, error) = Run(program, args);
        Assert.True(code == 0, $"{program} {string.Join(' ', args)}: {error}");
    }

    private static (int Code, string Error) Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Trim());
    }
}

/// <summary>A test on a small file system; skipped with its reason where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly string? _hindrance = SmallDisk.FindHindrance();

    public SmallDiskFactAttribute() => Skip = _hindrance!;
}
