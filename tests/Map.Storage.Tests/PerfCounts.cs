using System.Runtime.InteropServices;

namespace Map.Storage.Tests;

/// <summary>What RocksDB counts of the work of this thread (`perf_context.h`).</summary>
internal sealed partial class PerfCounts : IDisposable
{
    private const string Library = "rocksdb";
    private const int CountsOff = 1;
    private const int CountsOn = 2;
    private const int UserKeyComparisons = 0;
    private const int InternalKeysSkipped = 10;

    static PerfCounts()
    {
        var rocks = Native.RocksLibrary.LoadFirst(Native.RocksLibrary.Candidates);
        NativeLibrary.SetDllImportResolver(typeof(PerfCounts).Assembly, (name, _, _) => name == Library ? rocks : nint.Zero);
    }

    private readonly nint _context;

    internal PerfCounts()
    {
        rocksdb_set_perf_level(CountsOn);
        _context = rocksdb_perfcontext_create();
        rocksdb_perfcontext_reset(_context);
    }

    internal long KeyComparisons => (long)rocksdb_perfcontext_metric(_context, UserKeyComparisons);

    /// <summary>How many rows and versions of rows an iterator leaves behind, whether it showed them or not.</summary>
    internal long RowsPassed => (long)rocksdb_perfcontext_metric(_context, InternalKeysSkipped);

    public void Dispose()
    {
        rocksdb_set_perf_level(CountsOff);
        rocksdb_perfcontext_destroy(_context);
    }

    [LibraryImport(Library)]
    private static partial void rocksdb_set_perf_level(int level);

    [LibraryImport(Library)]
    private static partial nint rocksdb_perfcontext_create();

    [LibraryImport(Library)]
    private static partial void rocksdb_perfcontext_destroy(nint context);

    [LibraryImport(Library)]
    private static partial void rocksdb_perfcontext_reset(nint context);

    [LibraryImport(Library)]
    private static partial ulong rocksdb_perfcontext_metric(nint context, int metric);
}
