using System.Runtime.InteropServices;

namespace Map.Storage.Native;

/// <summary>The functions of RocksDB's C API that set options.</summary>
internal static partial class RocksOptions
{
    private const string Library = RocksLibrary.Name;

    [LibraryImport(Library)]
    internal static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_if_missing(OptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_create_missing_column_families(OptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_paranoid_checks(OptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_info_log_level(OptionsHandle options, int level);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_keep_log_file_num(OptionsHandle options, nuint count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_wal_recovery_mode(OptionsHandle options, int mode);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_open_files(OptionsHandle options, int count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_db_write_buffer_size(OptionsHandle options, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_write_buffer_size(OptionsHandle options, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_arena_block_size(OptionsHandle options, nuint bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_total_wal_size(OptionsHandle options, ulong bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_max_background_jobs(OptionsHandle options, int count);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_bytes_per_sync(OptionsHandle options, ulong bytes);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_stats_dump_period_sec(OptionsHandle options, uint seconds);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_stats_persist_period_sec(OptionsHandle options, uint seconds);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_allow_concurrent_memtable_write(OptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(
        OptionsHandle options, byte value);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_compression(OptionsHandle options, int kind);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_bottommost_compression(OptionsHandle options, int kind);

    /// <summary>Takes the transform over.</summary>
    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_prefix_extractor(OptionsHandle options, nint transform);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_slicetransform_create_fixed_prefix(nuint length);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    internal static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_destroy(nint options);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_block_cache(TableOptionsHandle options, CacheHandle cache);

    /// <summary>Takes the policy over.</summary>
    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_filter_policy(TableOptionsHandle options, nint policy);

    [LibraryImport(Library)]
    internal static partial void rocksdb_block_based_options_set_format_version(TableOptionsHandle options, int version);

    [LibraryImport(Library)]
    internal static partial void rocksdb_options_set_block_based_table_factory(
        OptionsHandle options, TableOptionsHandle table);
}
