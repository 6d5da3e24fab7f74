using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>The functions of RocksDB's C API for looking after a database: snapshots, table files, checkpoints.</summary>
internal static unsafe partial class RocksUpkeep
{
    private const string Library = RocksLibrary.Name;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(
        OptionsHandle options, string path, int count, byte** names, nint* familyOptions, nint* families,
        byte failIfLogExists, byte** error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_snapshot(DatabaseHandle db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_release_snapshot(DatabaseHandle db, nint snapshot);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_snapshot(ReadOptionsHandle options, nint snapshot);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_fill_cache(ReadOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_verify_checksums(ReadOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_readahead_size(ReadOptionsHandle options, nuint bytes);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rocksdb_property_int_cf(
        DatabaseHandle db, nint family, string property, ulong* value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_livefiles(DatabaseHandle db);

    [LibraryImport(Library)]
    internal static partial int rocksdb_livefiles_count(nint files);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_livefiles_name(nint files, int index);

    [LibraryImport(Library)]
    internal static partial byte* rocksdb_livefiles_largestkey(nint files, int index, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_livefiles_destroy(nint files);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_checkpoint_object_create(DatabaseHandle db, byte** error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void rocksdb_checkpoint_create(
        nint checkpoint, string path, ulong logSizeForFlush, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);
}
