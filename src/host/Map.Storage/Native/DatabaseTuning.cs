using static Map.Storage.Native.RocksOptions;

namespace Map.Storage.Native;

/// <summary>How RocksDB is set up, and why.</summary>
internal static class DatabaseTuning
{
    // Debian's build aborts the process when the disk is full and the info log is on it: only fatal messages go there.
    private const int InfoLogFatal = 4;

    // Tolerates a torn tail and refuses damage before it. The default mode silently drops everything after damage.
    private const int RecoverTolerateTornTail = 0;

    private const int Lz4 = 4;
    private const int Zstandard = 7;
    private const double FilterBitsPerKey = 10;
    private const int TableFormat = 5;
    private const int BytesPerSync = 1 << 20;
    private const int ArenaBlockBytes = 128 << 10;

    /// <summary>The options of one column family; those of the first one are the database's too.</summary>
    internal static OptionsHandle Make(ColumnFamily family, CacheHandle cache, StorageOptions tuning, bool create)
    {
        var options = new OptionsHandle();
        if (family == ColumnFamily.Default) SetDatabase(options, tuning, create);
        rocksdb_options_set_write_buffer_size(options, (nuint)tuning.WriteBufferBytes);
        rocksdb_options_set_arena_block_size(options, ArenaBlockBytes);
        rocksdb_options_set_compression(options, Lz4);
        rocksdb_options_set_bottommost_compression(options, Zstandard);
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
        var prefix = ColumnFamilies.PrefixLength(family);
        if (prefix > 0)
            rocksdb_options_set_prefix_extractor(options, rocksdb_slicetransform_create_fixed_prefix((nuint)prefix));

        // Index and filter blocks stay outside the cache: inside, with a small cache, reads were 30 times slower.
        using var table = new TableOptionsHandle();
        rocksdb_block_based_options_set_block_cache(table, cache);
        rocksdb_block_based_options_set_format_version(table, TableFormat);
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(FilterBitsPerKey));
        rocksdb_options_set_block_based_table_factory(options, table);
        return options;
    }

    private static void SetDatabase(OptionsHandle options, StorageOptions tuning, bool create)
    {
        rocksdb_options_set_create_if_missing(options, Flag(create));
        rocksdb_options_set_create_missing_column_families(options, Flag(create));
        rocksdb_options_set_paranoid_checks(options, 1);
        rocksdb_options_set_info_log_level(options, InfoLogFatal);
        rocksdb_options_set_keep_log_file_num(options, 1);
        rocksdb_options_set_wal_recovery_mode(options, RecoverTolerateTornTail);
        rocksdb_options_set_max_open_files(options, tuning.MaxOpenFilesPerSpace);
        rocksdb_options_set_max_background_jobs(options, 2);
        rocksdb_options_set_bytes_per_sync(options, BytesPerSync);
        rocksdb_options_set_stats_dump_period_sec(options, 0);
        rocksdb_options_set_stats_persist_period_sec(options, 0);

        // The C API of 7.8 has no write buffer manager, so that this is per open space; see WriteBudget.
        rocksdb_options_set_db_write_buffer_size(options, (nuint)tuning.WriteBufferBytes);
        rocksdb_options_set_max_total_wal_size(options, (ulong)tuning.WriteBufferBytes);

        // One writer per space: rows in rising order then go into the memtables without a search.
        rocksdb_options_set_allow_concurrent_memtable_write(options, 0);
    }

    private static byte Flag(bool value) => value ? (byte)1 : (byte)0;
}
