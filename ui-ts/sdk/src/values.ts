/** The name of an enum variant, as a property holds it. */
export class EnumValue {
  /** The variant's name, say `Block`. */
  readonly name: string;

  /** @param name the variant's name */
  constructor(name: string) {
    this.name = name;
  }

  /** The variant's name. */
  toString(): string {
    return this.name;
  }

  /** The variant's name. */
  toJSON(): string {
    return this.name;
  }
}

/** A number that is an integer whatever its size. Made by `int`. */
export class IntValue {
  /** The number. */
  readonly value: bigint;

  /**
   * @param value a whole number
   * @throws RangeError when it is not whole or does not fit 64 bits
   */
  constructor(value: number | bigint) {
    // BigInt() itself refuses fractions, NaN and infinities with a RangeError.
    this.value = BigInt(value);
    if (BigInt.asIntN(64, this.value) !== this.value) throw new RangeError(`${value} does not fit 64 bits.`);
  }
}

/** A number that is a double even if it is whole. Made by `double`. */
export class DoubleValue {
  /** The number. */
  readonly value: number;

  /** @param value the number */
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * A moment as the daemon keeps it: a `Date` that also knows its microseconds, so that a value read and written back
 * is the same value.
 */
export class Timestamp extends Date {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly unixMicros: bigint;

  /** @param unixMicros microseconds since 1970-01-01T00:00:00Z; as a `Date` it is the millisecond that holds them */
  constructor(unixMicros: bigint) {
    const remainder = ((unixMicros % 1000n) + 1000n) % 1000n;
    super(Number((unixMicros - remainder) / 1000n));
    this.unixMicros = unixMicros;
  }
}

/** One value as the daemon gives it. Integers are numbers where that is exact, else bigints. */
export type ScalarValue = string | boolean | number | bigint | Timestamp | Uint8Array | EnumValue;

/** A property's value as the daemon gives it. */
export type PropertyValue = ScalarValue | ScalarValue[];

/**
 * One value as it is given to the daemon. A `number` that is a safe integer goes as an integer, any other as a double;
 * `int` and `double` say which is meant.
 */
export type ScalarInput = ScalarValue | Date | IntValue | DoubleValue;

/** A property's value as it is given to the daemon. Items of an array are of one kind; arrays do not nest. */
export type PropertyInput = ScalarInput | readonly ScalarInput[];

/**
 * An integer, for bigints in arrays of numbers and to be explicit.
 *
 * @throws RangeError when it is not whole or does not fit 64 bits
 */
export function int(value: number | bigint): IntValue {
  return new IntValue(value);
}

/** A double, for whole numbers: `double(2)`, since a plain `2` is an integer. */
export function double(value: number): DoubleValue {
  return new DoubleValue(value);
}

/** An enum variant by its name: `enumValue('Block')`. */
export function enumValue(name: string): EnumValue {
  return new EnumValue(name);
}
