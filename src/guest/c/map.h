/*
 * The guest interface map:guest/1 for C, as docs/guest-abi.md has it.
 *
 *   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -o hello.wasm hello.c
 *   map-guest manifest hello.wasm
 *
 * An entry point is MAP_EXPORT("name") int32_t name(int32_t handle). It returns 0 when all went well.
 */
#ifndef MAP_H
#define MAP_H

#include <stdint.h>

#define MAP_EXPORT(name) __attribute__((export_name(name)))
#define MAP_IMPORT(name) __attribute__((import_module("map"), import_name(name)))

/* Results that mean a failure. */
enum {
  MAP_BAD_HANDLE = -1,
  MAP_BAD_ARGUMENT = -2,
  MAP_NOT_FOUND = -3,
  MAP_AMBIGUOUS = -4,
  MAP_REFUSED = -5,
  MAP_LIMIT = -6,
};

/* The tags of values. */
enum {
  MAP_STRING = 1,
  MAP_BOOLEAN = 2,
  MAP_INTEGER = 3,
  MAP_DOUBLE = 4,
  MAP_ENUM = 5,
  MAP_BYTES = 6,
  MAP_TIMESTAMP = 7,
  MAP_ARRAY = 8,
};

/* Where a holon is in its life. */
enum {
  MAP_TRANSIENT = 1,
  MAP_STAGED_FOR_CREATE = 2,
  MAP_STAGED_FOR_UPDATE = 3,
  MAP_STAGED_FOR_DELETE = 4,
  MAP_ABANDONED = 5,
  MAP_SAVED = 6,
};

/* Levels of the log. */
enum {
  MAP_LOG_DEBUG = 0,
  MAP_LOG_INFORMATION = 1,
  MAP_LOG_WARNING = 2,
};

/* The call. */
MAP_IMPORT("dance_name") int32_t map_dance_name(void *buffer, int32_t size);
MAP_IMPORT("affording_holon") int32_t map_affording_holon(void);

/* A holon. */
MAP_IMPORT("holon_key") int32_t map_holon_key(int32_t holon, void *buffer, int32_t size);
MAP_IMPORT("holon_id") int32_t map_holon_id(int32_t holon, void *buffer, int32_t size);
MAP_IMPORT("holon_phase") int32_t map_holon_phase(int32_t holon);
MAP_IMPORT("holon_type") int32_t map_holon_type(int32_t holon);
MAP_IMPORT("holon_type_name") int32_t map_holon_type_name(int32_t holon, void *buffer, int32_t size);
MAP_IMPORT("same_holon") int32_t map_same_holon(int32_t one, int32_t other);
MAP_IMPORT("property") int32_t map_property(int32_t holon, const char *name, int32_t length, void *buffer, int32_t size);
MAP_IMPORT("property_names") int32_t map_property_names(int32_t holon);
MAP_IMPORT("relationship_names") int32_t map_relationship_names(int32_t holon);
MAP_IMPORT("related") int32_t map_related(int32_t holon, const char *name, int32_t length);
MAP_IMPORT("related_count") int32_t map_related_count(int32_t holon, const char *name, int32_t length);

/* Cursors and handles. */
MAP_IMPORT("next_holon") int32_t map_next_holon(int32_t cursor);
MAP_IMPORT("next_name") int32_t map_next_name(int32_t cursor, void *buffer, int32_t size);
MAP_IMPORT("close") int32_t map_close(int32_t handle);

/* Finding. */
MAP_IMPORT("find_by_key") int32_t map_find_by_key(const char *key, int32_t length, int32_t type);
MAP_IMPORT("find_by_type") int32_t map_find_by_type(int32_t type, int32_t subtypes);

/* Changing. */
MAP_IMPORT("new_holon") int32_t map_new_holon(int32_t type);
MAP_IMPORT("stage_new") int32_t map_stage_new(int32_t type);
MAP_IMPORT("stage") int32_t map_stage(int32_t transient);
MAP_IMPORT("new_version") int32_t map_new_version(int32_t holon);
MAP_IMPORT("clone") int32_t map_clone(int32_t holon);
MAP_IMPORT("set_property") int32_t map_set_property(int32_t holon, const char *name, int32_t length, const void *value, int32_t size);
MAP_IMPORT("remove_property") int32_t map_remove_property(int32_t holon, const char *name, int32_t length);
MAP_IMPORT("add_related") int32_t map_add_related(int32_t holon, const char *name, int32_t length, int32_t target);
MAP_IMPORT("remove_related") int32_t map_remove_related(int32_t holon, const char *name, int32_t length, int32_t target);
MAP_IMPORT("delete") int32_t map_delete(int32_t holon);

/* Answering. */
MAP_IMPORT("respond_holon") int32_t map_respond_holon(int32_t holon);
MAP_IMPORT("respond_value") int32_t map_respond_value(const void *value, int32_t size);
MAP_IMPORT("respond_error") int32_t map_respond_error(const char *code, int32_t length, const char *message, int32_t size);
MAP_IMPORT("warning") int32_t map_warning(const char *message, int32_t size);
MAP_IMPORT("violation") int32_t map_violation(const char *member, int32_t length, const char *message, int32_t size);
MAP_IMPORT("last_error") int32_t map_last_error(void *buffer, int32_t size);
MAP_IMPORT("log") int32_t map_log(int32_t level, const char *message, int32_t size);

#endif
