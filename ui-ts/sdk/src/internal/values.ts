import type { MessageInitShape } from '@bufbuild/protobuf';
import type { BaseValue, BaseValueSchema, Property } from '../gen/map/v1/holons_pb.js';
import {
  DoubleValue, EnumValue, IntValue, Timestamp,
  type PropertyInput, type PropertyValue, type ScalarInput, type ScalarValue,
} from '../values.js';

/** What a message field of type BaseValue takes. */
export type WireValue = Exclude<MessageInitShape<typeof BaseValueSchema>, BaseValue>;

/** @throws TypeError or RangeError, naming the property, for what is no value */
export function valueToWire(name: string, value: PropertyInput): WireValue {
  if (!isArray(value)) return scalarToWire(name, value);
  // [1, 2.5] is meant as doubles: the wire wants items of one kind.
  const asDoubles = value.some((item) => typeof item === 'number' && !isInteger(item));
  const items = value.map((item, index) =>
    scalarToWire(`${name}[${index}]`, asDoubles && typeof item === 'number' ? new DoubleValue(item) : item));
  return { kind: { case: 'arrayValue', value: { items } } };
}

/** The entries of a plain object as wire properties. */
export function propertiesToWire(properties: Readonly<Record<string, PropertyInput>>): { name: string; value: WireValue }[] {
  return Object.entries(properties).map(([name, value]) => ({ name, value: valueToWire(name, value) }));
}

/** A value of the wire as a plain value. */
export function valueFromWire(value: BaseValue | undefined): PropertyValue {
  if (value?.kind.case === 'arrayValue') return value.kind.value.items.map(scalarFromWire);
  return scalarFromWire(value);
}

/** Wire properties as a plain object. */
export function propertiesFromWire(properties: readonly Property[]): Record<string, PropertyValue> {
  return Object.fromEntries(properties.map(({ name, value }) => [name, valueFromWire(value)]));
}

function scalarToWire(name: string, value: ScalarInput): WireValue {
  switch (typeof value) {
    case 'string':
      return { kind: { case: 'stringValue', value } };
    case 'boolean':
      return { kind: { case: 'boolValue', value } };
    case 'bigint':
      return { kind: { case: 'integerValue', value: new IntValue(value).value } };
    case 'number':
      return isInteger(value)
        ? { kind: { case: 'integerValue', value: BigInt(value) } }
        : { kind: { case: 'doubleValue', value } };
    default:
      return objectToWire(name, value);
  }
}

function objectToWire(name: string, value: object): WireValue {
  if (value instanceof IntValue) return { kind: { case: 'integerValue', value: value.value } };
  if (value instanceof DoubleValue) return { kind: { case: 'doubleValue', value: value.value } };
  if (value instanceof EnumValue) return { kind: { case: 'enumValue', value: value.name } };
  if (value instanceof Date) return { kind: { case: 'timestampValue', value: { unixMicros: microsOf(name, value) } } };
  if (value instanceof Uint8Array) return { kind: { case: 'bytesValue', value: new Uint8Array(value) } };
  throw new TypeError(`${name}: ${describe(value)} is no property value.`);
}

// Callers without a type checker pass anything; null and undefined are their usual mistake.
function describe(value: unknown): string {
  if (value === null || value === undefined) return `${value} (to remove a property, use remove())`;
  return Array.isArray(value) ? 'an array in an array' : Object.prototype.toString.call(value);
}

function microsOf(name: string, date: Date): bigint {
  if (date instanceof Timestamp) return date.unixMicros;
  if (Number.isNaN(date.getTime())) throw new RangeError(`${name}: the date is invalid.`);
  return BigInt(date.getTime()) * 1000n;
}

function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

// Array.isArray does not narrow a readonly array.
function isArray(value: PropertyInput): value is readonly ScalarInput[] {
  return Array.isArray(value);
}

function scalarFromWire(value: BaseValue | undefined): ScalarValue {
  const kind = value?.kind;
  switch (kind?.case) {
    case 'integerValue': {
      const asNumber = Number(kind.value);
      return Number.isSafeInteger(asNumber) ? asNumber : kind.value;
    }
    case 'enumValue':
      return new EnumValue(kind.value);
    case 'timestampValue':
      return new Timestamp(kind.value.unixMicros);
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
    case 'bytesValue':
      return kind.value;
    default:
      throw new TypeError('The daemon sent a value of a kind that this version of the SDK does not know.');
  }
}
