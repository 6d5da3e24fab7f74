import { HolonId } from '../ids.js';
import { DoubleValue, EnumValue, IntValue, Timestamp } from '../values.js';

/**
 * A part of a query as JSON has it.
 *
 * @param place where it stands in the query, for errors
 * @throws TypeError for what JSON does not have
 */
export function storable(part: unknown, place: string): unknown {
  switch (typeof part) {
    case 'number':
      return numberToJson(part, place);
    case 'bigint':
      return integerToJson(part, place);
    case 'object':
      return objectToJson(part as object, place);
    default:
      return part;
  }
}

function objectToJson(part: object, place: string): unknown {
  if (Array.isArray(part)) return part.map((item, index) => storable(item, `${place}[${index}]`));
  if (part instanceof Date) return momentToJson(part, place);
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64');
  if (part instanceof EnumValue) return part.name;
  if (part instanceof IntValue) return integerToJson(part.value, place);
  if (part instanceof DoubleValue) return numberToJson(part.value, place);
  if (part instanceof HolonId) return part.toString();
  if (!isPlain(part)) {
    throw new TypeError(`${place}: a handle is good in its transaction only and cannot be stored. Name the holon by its id or key, a type by its key.`);
  }
  const entries = Object.entries(part).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, storable(value, place === '' ? name : `${place}.${name}`)]));
}

/** Whether an object is one of fields, rather than a value of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function numberToJson(value: number, place: string): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`${place}: ${value} cannot be stored, since JSON has no such number.`);
}

function integerToJson(value: bigint, place: string): number {
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new TypeError(`${place}: ${value} cannot be stored, since numbers in JSON are exact to ${Number.MAX_SAFE_INTEGER} only.`);
}

function momentToJson(moment: Date, place: string): string {
  const text = moment.toISOString();
  // Years beyond four digits have no form in RFC 3339.
  if (text.length !== '2026-01-01T00:00:00.000Z'.length) throw new TypeError(`${place}: ${text} cannot be stored, since its year has more than four digits.`);
  if (!(moment instanceof Timestamp)) return text;
  const micros = ((moment.unixMicros % 1000n) + 1000n) % 1000n;
  return `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
