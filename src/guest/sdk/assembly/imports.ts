// The imports of map:guest/1, as docs/guest-abi.md has them. Everything else of the SDK wraps these.

@external('map', 'dance_name') export declare function dance_name(buffer: usize, size: i32): i32
@external('map', 'affording_holon') export declare function affording_holon(): i32

@external('map', 'holon_key') export declare function holon_key(holon: i32, buffer: usize, size: i32): i32
@external('map', 'holon_id') export declare function holon_id(holon: i32, buffer: usize, size: i32): i32
@external('map', 'holon_phase') export declare function holon_phase(holon: i32): i32
@external('map', 'holon_type') export declare function holon_type(holon: i32): i32
@external('map', 'holon_type_name') export declare function holon_type_name(holon: i32, buffer: usize, size: i32): i32
@external('map', 'same_holon') export declare function same_holon(one: i32, other: i32): i32
@external('map', 'property') export declare function property(holon: i32, name: usize, length: i32, buffer: usize, size: i32): i32
@external('map', 'property_names') export declare function property_names(holon: i32): i32
@external('map', 'relationship_names') export declare function relationship_names(holon: i32): i32
@external('map', 'related') export declare function related(holon: i32, name: usize, length: i32): i32
@external('map', 'related_count') export declare function related_count(holon: i32, name: usize, length: i32): i32

@external('map', 'next_holon') export declare function next_holon(cursor: i32): i32
@external('map', 'next_name') export declare function next_name(cursor: i32, buffer: usize, size: i32): i32
@external('map', 'close') export declare function close(handle: i32): i32

@external('map', 'find_by_key') export declare function find_by_key(key: usize, length: i32, type: i32): i32
@external('map', 'find_by_type') export declare function find_by_type(type: i32, subtypes: i32): i32

@external('map', 'new_holon') export declare function new_holon(type: i32): i32
@external('map', 'stage_new') export declare function stage_new(type: i32): i32
@external('map', 'stage') export declare function stage(transient: i32): i32
@external('map', 'new_version') export declare function new_version(holon: i32): i32
@external('map', 'clone') export declare function clone(holon: i32): i32
@external('map', 'set_property') export declare function set_property(holon: i32, name: usize, length: i32, value: usize, size: i32): i32
@external('map', 'remove_property') export declare function remove_property(holon: i32, name: usize, length: i32): i32
@external('map', 'add_related') export declare function add_related(holon: i32, name: usize, length: i32, target: i32): i32
@external('map', 'remove_related') export declare function remove_related(holon: i32, name: usize, length: i32, target: i32): i32
@external('map', 'delete') export declare function delete_holon(holon: i32): i32

@external('map', 'respond_holon') export declare function respond_holon(holon: i32): i32
@external('map', 'respond_value') export declare function respond_value(value: usize, size: i32): i32
@external('map', 'respond_error') export declare function respond_error(code: usize, length: i32, message: usize, size: i32): i32
@external('map', 'warning') export declare function warning(message: usize, size: i32): i32
@external('map', 'violation') export declare function violation(member: usize, length: i32, message: usize, size: i32): i32
@external('map', 'last_error') export declare function last_error(buffer: usize, size: i32): i32
@external('map', 'log') export declare function log(level: i32, message: usize, size: i32): i32
