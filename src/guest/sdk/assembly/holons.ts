import * as map from './imports'
import { Code, fits, outputAddress, outputBytes, outputSize, outputText, succeeded } from './results'
import { Text } from './text'
import { Value } from './values'

/** Where a holon is in its life. The numbers are those of map:guest/1. */
export enum Phase { Transient = 1, StagedForCreate, StagedForUpdate, StagedForDelete, Abandoned, Saved }

/**
 * A holon in the transaction that the guest is called in: a handle and nothing else. Every read asks the daemon, every
 * change takes effect at once, for the rest of the call and, if it ends well, for the transaction.
 *
 * What cannot be done ends the call, with a message that says why: a capability that the manifest lacks, a command that
 * the daemon refuses, a closed handle.
 */
@final export class Holon {
  /** @param handle its handle, good within this call */
  constructor(public readonly handle: i32) {}

  /** The holon of a handle that may mean that there is none. */
  static orNull(handle: i32, what: string, about: string = ''): Holon | null {
    return handle == Code.NOT_FOUND ? null : new Holon(succeeded(handle, what, about))
  }

  /** The key, null for a keyless holon. */
  key(): string | null {
    let length: i32
    do length = map.holon_key(this.handle, outputAddress(), outputSize())
    while (length >= 0 && !fits(length))
    return length == Code.NOT_FOUND ? null : outputText(succeeded(length, 'The key'))
  }

  /** Its id, which all of its versions have, as 32 hexadecimal digits. */
  id(): string {
    succeeded(map.holon_id(this.handle, outputAddress(), outputSize()), 'The id')
    return hexadecimal(load<u64>(outputAddress())) + hexadecimal(load<u64>(outputAddress(), 8))
  }

  /** Where it is in its life. */
  phase(): Phase {
    return succeeded(map.holon_phase(this.handle), 'The phase')
  }

  /** Its type descriptor, null while it has none. */
  descriptor(): Holon | null {
    return Holon.orNull(map.holon_type(this.handle), 'The type')
  }

  /** The type name of its type, say `Book`; null while it has none. */
  typeName(): string | null {
    let length: i32
    do length = map.holon_type_name(this.handle, outputAddress(), outputSize())
    while (length >= 0 && !fits(length))
    return length == Code.NOT_FOUND ? null : outputText(succeeded(length, 'The type name'))
  }

  /** Whether both are the same holon. */
  equals(other: Holon): bool {
    return succeeded(map.same_holon(this.handle, other.handle), 'Comparing holons') != 0
  }

  /** A property's value, null when it has none. */
  get(name: string): Value | null {
    const text = new Text(name)
    let length: i32
    do length = map.property(this.handle, text.address, text.length, outputAddress(), outputSize())
    while (length >= 0 && !fits(length))
    return length == Code.NOT_FOUND ? null : new Value(outputBytes(succeeded(length, 'The property', name)))
  }

  /** The names of its properties. */
  propertyNames(): string[] {
    return namesOf(succeeded(map.property_names(this.handle), 'The names of properties'))
  }

  /** The names of the relationships in which it has members, inverse ones included. */
  relationshipNames(): string[] {
    return namesOf(succeeded(map.relationship_names(this.handle), 'The names of relationships'))
  }

  /** The members of a relationship, by its declared or its inverse name, in their order. */
  related(name: string): Holons {
    const text = new Text(name)
    return new Holons(succeeded(map.related(this.handle, text.address, text.length), 'The relationship', name))
  }

  /** How many members a relationship has. */
  relatedCount(name: string): i32 {
    const text = new Text(name)
    return succeeded(map.related_count(this.handle, text.address, text.length), 'The relationship', name)
  }

  /** Sets a property of a transient or staged holon, to whatever `Value.of` takes. */
  set<T>(name: string, value: T): void {
    const text = new Text(name)
    const encoded = Value.of<T>(value)
    succeeded(map.set_property(this.handle, text.address, text.length, encoded.address, encoded.size), 'Setting the property', name)
  }

  /** Removes a property, and tells whether it was there. */
  remove(name: string): bool {
    const text = new Text(name)
    const result = map.remove_property(this.handle, text.address, text.length)
    return result != Code.NOT_FOUND && succeeded(result, 'Removing the property', name) == 0
  }

  /** Adds a member to a declared relationship, after those that it has. */
  add(name: string, target: Holon): void {
    const text = new Text(name)
    succeeded(map.add_related(this.handle, text.address, text.length, target.handle), 'Adding to the relationship', name)
  }

  /** Removes a member of a declared relationship. */
  removeRelated(name: string, target: Holon): void {
    const text = new Text(name)
    succeeded(map.remove_related(this.handle, text.address, text.length, target.handle), 'Removing from the relationship', name)
  }

  /** Stages this transient holon for create; the answer is the staged one. */
  stage(): Holon {
    return new Holon(succeeded(map.stage(this.handle), 'Staging'))
  }

  /** Stages this saved holon for update; the answer is the staged one, which can be changed. One that is staged answers itself. */
  stageNewVersion(): Holon {
    return new Holon(succeeded(map.new_version(this.handle), 'Staging a new version'))
  }

  /** A transient copy. */
  clone(): Holon {
    return new Holon(succeeded(map.clone(this.handle), 'Cloning'))
  }

  /**
   * Stages this saved holon for delete, or drops it if it is staged for create, with all that cascades.
   *
   * @returns how many holons go, this one among them
   */
  delete(): i32 {
    return succeeded(map.delete_holon(this.handle), 'Deleting')
  }

  /** Frees the handle. Needed only by guests that go through tens of thousands of holons in one call. */
  close(): void {
    succeeded(map.close(this.handle), 'Closing')
  }
}

/** Holons, one after the other. At its end it closes itself. */
@final export class Holons {
  /** @param handle the handle of a cursor */
  constructor(private handle: i32) {}

  /** The next one, null at the end. */
  next(): Holon | null {
    if (this.handle == 0) return null
    const next = succeeded(map.next_holon(this.handle), 'The next holon')
    if (next != 0) return new Holon(next)
    this.close()
    return null
  }

  /** The first of those that are left, null when none is. The others are let go. */
  first(): Holon | null {
    const first = this.next()
    this.close()
    return first
  }

  /** Those that are left. */
  toArray(): Holon[] {
    const all = new Array<Holon>()
    for (let holon = this.next(); holon; holon = this.next()) all.push(holon)
    return all
  }

  /** Lets go of those that are left. Whoever stops before the end, often in one call, needs it: a thousand may be open. */
  close(): void {
    if (this.handle != 0) succeeded(map.close(this.handle), 'Closing')
    this.handle = 0
  }
}

function namesOf(cursor: i32): string[] {
  const names = new Array<string>()
  while (true) {
    let length: i32
    do length = succeeded(map.next_name(cursor, outputAddress(), outputSize()), 'The next name')
    while (!fits(length))
    if (length == 0) break
    names.push(outputText(length))
  }
  succeeded(map.close(cursor), 'Closing')
  return names
}

/** Eight bytes as they stand in memory. */
function hexadecimal(bytes: u64): string {
  return bswap<u64>(bytes).toString(16).padStart(16, '0')
}
