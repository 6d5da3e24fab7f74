/** What a value is. The numbers are the tags of map:guest/1. */
export enum Kind { String = 1, Boolean, Integer, Double, Enum, Bytes, Timestamp, Array }

/** The name of an enum variant, as a property holds it. Made by `enumValue`. */
@final export class EnumValue {
  /** @param name the variant's name, say `Block` */
  constructor(public readonly name: string) {}

  toString(): string {
    return this.name
  }
}

/** An enum variant by its name: `enumValue('Block')`. */
export function enumValue(name: string): EnumValue {
  return new EnumValue(name)
}

/** A moment. Guests have no clock: a moment comes from the request, or from a property. */
@final export class Timestamp {
  /** @param unixMicros microseconds since 1970-01-01T00:00:00Z */
  constructor(public readonly unixMicros: i64) {}

  /** The moment that is so many days later, of 24 hours each. */
  plusDays(days: i32): Timestamp {
    return new Timestamp(this.unixMicros + i64(days) * 86_400_000_000)
  }

  isBefore(other: Timestamp): bool {
    return this.unixMicros < other.unixMicros
  }

  /** As `2026-03-02T10:15:00.000Z`, to the millisecond before. */
  toString(): string {
    const micros = this.unixMicros
    const millis = micros / 1000 - i64(micros % 1000 < 0)
    return new Date(millis).toISOString()
  }
}

/** A value as a property holds it, and as a dance answers it. */
@final export class Value {
  /** @param bytes the value as map:guest/1 has it: a tag and what follows */
  constructor(private readonly bytes: ArrayBuffer) {}

  /**
   * A value of a string, boolean, number, `EnumValue`, `Timestamp`, `Uint8Array`, or an array of one of these.
   * A `Value` is itself.
   */
  static of<T>(from: T): Value {
    if (isString<T>()) return Value.text(Kind.String, changetype<string>(from))
    if (isBoolean<T>()) {
      const value = Value.sized(Kind.Boolean, 1)
      store<u8>(value.content, u8(from))
      return value
    }
    if (isInteger<T>() && !isReference<T>()) {
      const value = Value.sized(Kind.Integer, 8)
      store<i64>(value.content, i64(from))
      return value
    }
    if (isFloat<T>()) {
      const value = Value.sized(Kind.Double, 8)
      store<f64>(value.content, f64(from))
      return value
    }
    return Value.ofObject<T>(from)
  }

  private static ofObject<T>(from: T): Value {
    if (from instanceof Value) return from
    if (from instanceof EnumValue) return Value.text(Kind.Enum, from.name)
    if (from instanceof Timestamp) {
      const value = Value.sized(Kind.Timestamp, 8)
      store<i64>(value.content, from.unixMicros)
      return value
    }
    if (from instanceof Uint8Array) {
      const value = Value.sized(Kind.Bytes, from.length)
      memory.copy(value.content, from.dataStart, from.length)
      return value
    }
    if (isArray<T>()) return Value.array<valueof<T>>(changetype<Array<valueof<T>>>(from))
    ERROR('A value is a string, boolean, number, EnumValue, Timestamp, Uint8Array, Value, or an array of one of these.')
  }

  private static array<T>(items: T[]): Value {
    let size = 0
    const values = new Array<Value>(items.length)
    for (let i = 0; i < items.length; i++) {
      values[i] = Value.of<T>(items[i])
      size += 4 + values[i].size
    }
    const value = Value.sized(Kind.Array, size)
    let at = value.content
    for (let i = 0; i < values.length; i++) {
      store<u32>(at, values[i].size)
      memory.copy(at + 4, values[i].address, values[i].size)
      at += 4 + values[i].size
    }
    return value
  }

  private static text(kind: Kind, text: string): Value {
    const value = Value.sized(kind, String.UTF8.byteLength(text))
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, value.content)
    return value
  }

  private static sized(kind: Kind, size: i32): Value {
    const value = new Value(new ArrayBuffer(1 + size))
    store<u8>(value.address, kind)
    return value
  }

  /** What it is. */
  get kind(): Kind {
    return load<u8>(this.address)
  }

  /** Where its bytes are. */
  get address(): usize {
    return changetype<usize>(this.bytes)
  }

  /** How many bytes they are. */
  get size(): i32 {
    return this.bytes.byteLength
  }

  private get content(): usize {
    return this.address + 1
  }

  /** The string that it is. */
  asString(): string {
    this.mustBe(Kind.String)
    return String.UTF8.decodeUnsafe(this.content, this.size - 1)
  }

  /** The name of the variant that it is. */
  asEnum(): string {
    this.mustBe(Kind.Enum)
    return String.UTF8.decodeUnsafe(this.content, this.size - 1)
  }

  /** The boolean that it is. */
  asBoolean(): bool {
    this.mustBe(Kind.Boolean)
    return load<u8>(this.content) != 0
  }

  /** The integer that it is. */
  asInteger(): i64 {
    this.mustBe(Kind.Integer)
    return load<i64>(this.content)
  }

  /** The double that it is. */
  asDouble(): f64 {
    this.mustBe(Kind.Double)
    return load<f64>(this.content)
  }

  /** The moment that it is. */
  asTimestamp(): Timestamp {
    this.mustBe(Kind.Timestamp)
    return new Timestamp(load<i64>(this.content))
  }

  /** The bytes that it is. */
  asBytes(): Uint8Array {
    this.mustBe(Kind.Bytes)
    return Uint8Array.wrap(this.bytes.slice(1))
  }

  /** The items of the array that it is. */
  asArray(): Value[] {
    this.mustBe(Kind.Array)
    const items = new Array<Value>()
    let at = 1
    while (at < this.size) {
      const end = at + 4 + load<i32>(this.address + at)
      items.push(new Value(this.bytes.slice(at + 4, end)))
      at = end
    }
    return items
  }

  /** Whether both are of the same kind and equal. */
  equals(other: Value): bool {
    return this.size == other.size && memory.compare(this.address, other.address, this.size) == 0
  }

  /** Whatever it is, for a person. */
  toString(): string {
    switch (this.kind) {
      case Kind.String: return this.asString()
      case Kind.Enum: return this.asEnum()
      case Kind.Boolean: return this.asBoolean().toString()
      case Kind.Integer: return this.asInteger().toString()
      case Kind.Double: return this.asDouble().toString()
      case Kind.Timestamp: return this.asTimestamp().toString()
      case Kind.Bytes: return `${this.size - 1} bytes`
      default: return this.asArray().map<string>((item) => item.toString()).join(', ')
    }
  }

  private mustBe(kind: Kind): void {
    if (this.kind != kind) throw new Error(`A value of kind ${this.kind} was taken for one of kind ${kind} (${this.toString()}).`)
  }
}
