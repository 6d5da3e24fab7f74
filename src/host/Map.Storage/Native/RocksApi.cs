using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>
/// The functions of RocksDB's C API that the store needs; see rocksdb/c.h. Nothing outside this folder calls them.
/// Those that only read a field skip the garbage collector's transition.
/// </summary>
internal static unsafe partial class RocksApi
{
    private const string Library = RocksLibrary.Name;

    [LibraryImport(Library)]
    internal static partial void rocksdb_free(void* memory);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(
        OptionsHandle options, string path, int count, byte** names, nint* familyOptions, nint* families, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_close(nint db);

    [LibraryImport(Library)]
    internal static partial void rocksdb_column_family_handle_destroy(nint family);

    [LibraryImport(Library)]
    internal static partial uint rocksdb_column_family_handle_get_id(nint family);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_get_pinned_cf(
        DatabaseHandle db, ReadOptionsHandle options, nint family, byte* key, nuint keyLength, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_pinnableslice_value(nint slice, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_write(
        DatabaseHandle db, WriteOptionsHandle options, WriteBatchHandle batch, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_wal(DatabaseHandle db, byte sync, byte** error);

    [LibraryImport(Library)]
    internal static partial void rocksdb_flush_cf(DatabaseHandle db, nint flushOptions, nint family, byte** error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_create_iterator_cf(DatabaseHandle db, ReadOptionsHandle options, nint family);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_iter_key(nint iterator, nuint* length);

    [LibraryImport(Library), SuppressGCTransition]
    internal static partial byte* rocksdb_iter_value(nint iterator, nuint* length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_iter_get_error(nint iterator, byte** error);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_create_from(byte* representation, nuint size);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writebatch_data(WriteBatchHandle batch, out nuint size);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial int rocksdb_writebatch_count(WriteBatchHandle batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(
        nint batch, nint family, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_cf(nint batch, nint family, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(
        nint batch, nint family, byte* start, nuint startLength, byte* end, nuint endLength);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_readoptions_set_total_order_seek(ReadOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writeoptions_set_sync(WriteOptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_flushoptions_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_cache_create_lru(nuint capacity);

    [LibraryImport(Library)]
    internal static partial void rocksdb_cache_destroy(nint cache);
}
