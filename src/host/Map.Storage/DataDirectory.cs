using System.Globalization;
using Map.Core.Identity;
using Map.Core.Services;

namespace Map.Storage;

/// <summary>The directory of one daemon, locked for it. docs/storage-format.md lists what is in it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string CreatingSuffix = ".creating";

    /// <summary>The ending of the files of guest modules.</summary>
    internal const string ModuleEnding = ".wasm";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        (Path, _lock) = (path, lockFile);
        WritePid();
    }

    /// <summary>The directory.</summary>
    internal string Path { get; }

    internal string CataloguePath => System.IO.Path.Combine(Path, "daemon", "spaces.json");

    internal string SpacesPath => System.IO.Path.Combine(Path, "spaces");

    /// <summary>Where journals go that cannot be used; made when there is one.</summary>
    internal string SetAsidePath => System.IO.Path.Combine(Path, "daemon", "set-aside");

    /// <summary>The modules of guests, which the runtime of guests keeps; made when there is one.</summary>
    internal string ModulesPath => System.IO.Path.Combine(Path, "daemon", "guests");

    /// <summary>The name of the file of a guest module.</summary>
    internal static string ModuleName(string sha256) => sha256 + ModuleEnding;

    private string PidPath => System.IO.Path.Combine(Path, "daemon", "pid");

    /// <summary>Makes what is missing and locks the directory.</summary>
    /// <exception cref="StoreException">Another daemon has it, or it cannot be used.</exception>
    internal static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            MakeDirectory(path);
            MakeDirectory(System.IO.Path.Combine(path, "daemon", "heads"));
            MakeDirectory(System.IO.Path.Combine(path, "spaces"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data directory {path} cannot be used: {failure.Message}", failure);
        }

        return new DataDirectory(path, TakeLock(path));
    }

    internal string SpacePath(SpaceId space) => System.IO.Path.Combine(SpacesPath, space.ToString());

    internal string HeadPath(SpaceId space) => System.IO.Path.Combine(Path, "daemon", "heads", space.ToString());

    /// <summary>The file that says, as long as it is there, that a space is not yet published.</summary>
    internal string CreatingPath(SpaceId space) => SpacePath(space) + CreatingSuffix;

    /// <summary>The spaces whose creation was interrupted.</summary>
    internal List<SpaceId> FindUnfinished()
    {
        var found = new List<SpaceId>();
        foreach (var marker in Directory.EnumerateFiles(SpacesPath, $"*{CreatingSuffix}"))
            if (Guid.TryParse(System.IO.Path.GetFileNameWithoutExtension(marker), out var id))
                found.Add(new SpaceId(LocalId.Read(id.ToByteArray(bigEndian: true))));
        return found;
    }

    public void Dispose()
    {
        File.Delete(PidPath);
        _lock.Dispose();
    }

    private static FileStream TakeLock(string path)
    {
        var lockPath = System.IO.Path.Combine(path, "daemon", "lock");
        try
        {
            return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StoreException($"The data directory {path} cannot be locked: {failure.Message}", failure);
        }
        catch (IOException failure)
        {
            if (ReadPid(path) is not { } pid)
                throw new StoreException($"The data directory {path} cannot be locked: {failure.Message}", failure);
            throw new StoreException(
                $"another map-daemon (pid {pid}) has this data directory open: {path}. "
                + "Stop it first, or choose another directory.",
                failure);
        }
    }

    private static int? ReadPid(string path)
    {
        try
        {
            var text = File.ReadAllText(System.IO.Path.Combine(path, "daemon", "pid"));
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Private);
    }

    private void WritePid() => File.WriteAllText(PidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}
