import { Holon, Holons } from './holons'
import * as map from './imports'
import { fits, outputAddress, outputSize, outputText, succeeded } from './results'
import { shortened, Text } from './text'
import { Value } from './values'

/** What an entry point returns when all went well. */
const WELL: i32 = 0
/** What it returns when it failed. */
const FAILED: i32 = 1

/** What dances and validators have in common: they are called on a holon, by a name, and find others. */
export abstract class Call {
  /** @param holon the holon that the dance is run on, or that the validator judges */
  constructor(public readonly holon: Holon) {}

  /** The name of the dance or the validator. */
  get name(): string {
    let length: i32
    do length = succeeded(map.dance_name(outputAddress(), outputSize()), 'The name of the dance')
    while (!fits(length))
    return outputText(length)
  }

  /** The holon of a key, among those of exactly that type if one is given; the call fails when there is none. */
  getByKey(key: string, type: Holon | null = null): Holon {
    return new Holon(succeeded(this.handleByKey(key, type), 'The holon of the key', key))
  }

  /** The holon of a key, null when there is none. */
  findByKey(key: string, type: Holon | null = null): Holon | null {
    return Holon.orNull(this.handleByKey(key, type), 'The holon of the key', key)
  }

  /** The holons of a type, with those of types that extend it if so wished. */
  getAll(type: Holon, subtypes: bool = false): Holons {
    return new Holons(succeeded(map.find_by_type(type.handle, i32(subtypes)), 'The holons of a type'))
  }

  private handleByKey(key: string, type: Holon | null): i32 {
    const text = new Text(key)
    return map.find_by_key(text.address, text.length, type ? type.handle : 0)
  }
}

/**
 * A call of a dance. Its entry point makes one of what it is given, and returns what `answer`, `done` or `fail` return:
 *
 *     export function rename(request: i32): i32 {
 *       const dance = new Dance(request)
 *       dance.holon.stageNewVersion().set('Title', dance.request.get('Title')!)
 *       return dance.done()
 *     }
 */
@final export class Dance extends Call {
  /** @param handle what the entry point is given */
  constructor(private readonly handle: i32) {
    super(new Holon(succeeded(map.affording_holon(), 'The affording holon')))
  }

  /** What the dance is asked with; the call fails when there is none. */
  get request(): Holon {
    if (!this.hasRequest) throw new Error('The dance was called without a request.')
    return new Holon(this.handle)
  }

  /** Whether the dance was asked with a request. */
  get hasRequest(): bool {
    return this.handle != 0
  }

  /** Makes a transient holon, with a key if one is given. */
  newHolon(type: Holon | null = null, key: string | null = null): Holon {
    const holon = new Holon(succeeded(map.new_holon(type ? type.handle : 0), 'Making a holon'))
    if (key) holon.set('Key', key)
    return holon
  }

  /** Stages a new holon for create, with a key if one is given; else commit makes it by the rule of the type. */
  stageNewHolon(type: Holon, key: string | null = null): Holon {
    const holon = new Holon(succeeded(map.stage_new(type.handle), 'Staging a holon'))
    if (key) holon.set('Key', key)
    return holon
  }

  /** Tells a person something beside the answer, if the dance goes well. There may be 100. */
  warn(message: string): void {
    const text = new Text(shortened(message))
    succeeded(map.warning(text.address, text.length), 'Telling a warning')
  }

  /** Ends well and answers nothing. */
  done(): i32 {
    return WELL
  }

  /** Ends well and answers a holon, or whatever `Value.of` takes. */
  answer<T>(what: T): i32 {
    if (isReference<T>()) {
      if (what instanceof Holon) {
        succeeded(map.respond_holon(what.handle), 'Answering a holon')
        return WELL
      }
    }
    const value = Value.of<T>(what)
    succeeded(map.respond_value(value.address, value.size), 'Answering a value')
    return WELL
  }

  /**
   * Fails. Nothing that the dance changed stays.
   *
   * @param code what went wrong, for a program, say `BOOK_IS_LENT`
   * @param message what went wrong and what to do, for a person
   */
  fail(code: string, message: string): i32 {
    const name = new Text(code)
    const text = new Text(shortened(message))
    succeeded(map.respond_error(name.address, name.length, text.address, text.length), 'Failing')
    return FAILED
  }
}

/**
 * A call of a validator, which judges a staged holon before it is committed. It reads and changes nothing:
 *
 *     export function hasTitle(holon: i32): i32 {
 *       const judge = new Validator(holon)
 *       if (!judge.holon.get('Title')) judge.violation('A book has a title.', 'Title')
 *       return judge.done()
 *     }
 */
@final export class Validator extends Call {
  /** @param handle what the entry point is given */
  constructor(handle: i32) {
    super(new Holon(handle))
  }

  /**
   * Tells what is wrong; the commit fails then. There may be several.
   *
   * @param message what is wrong and what to do, for a person
   * @param member the property or relationship; empty when it is the holon as a whole
   */
  violation(message: string, member: string = ''): void {
    const name = new Text(member)
    const text = new Text(shortened(message))
    succeeded(map.violation(name.address, name.length, text.address, text.length), 'Telling a violation')
  }

  /** Ends, with what was told. */
  done(): i32 {
    return WELL
  }
}
