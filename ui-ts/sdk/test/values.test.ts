import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { double, EnumValue, enumValue, HolonId, int, Timestamp, type PropertyInput } from '@map/sdk';
import { describe, expect, it } from 'vitest';
import { BaseValueSchema } from '../src/gen/map/v1/holons_pb.js';
import { valueFromWire, valueToWire } from '../src/internal/values.js';

/** The kind on the wire and the value that comes back. */
function roundTrip(value: PropertyInput) {
  const wire = fromBinary(BaseValueSchema, toBinary(BaseValueSchema, create(BaseValueSchema, valueToWire('P', value))));
  return { kind: wire.kind.case, value: valueFromWire(wire) };
}

describe('values', () => {
  it.each<[string, PropertyInput, string, unknown]>([
    ['text', 'été', 'stringValue', 'été'],
    ['empty text', '', 'stringValue', ''],
    ['true', true, 'boolValue', true],
    ['false', false, 'boolValue', false],
    ['a whole number', 42, 'integerValue', 42],
    ['zero', 0, 'integerValue', 0],
    ['a negative number', -5, 'integerValue', -5],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, 'integerValue', Number.MAX_SAFE_INTEGER],
    ['a larger whole number', 2 ** 60, 'doubleValue', 2 ** 60],
    ['a fraction', 1.5, 'doubleValue', 1.5],
    ['minus zero', -0, 'doubleValue', -0],
    ['infinity', Infinity, 'doubleValue', Infinity],
    ['a bigint beyond the safe integers', 2n ** 62n, 'integerValue', 2n ** 62n],
    ['the smallest integer', -(2n ** 63n), 'integerValue', -(2n ** 63n)],
    ['a small bigint', 7n, 'integerValue', 7],
    ['int()', int(3), 'integerValue', 3],
    ['double()', double(3), 'doubleValue', 3],
    ['an enum value', enumValue('Block'), 'enumValue', new EnumValue('Block')],
    ['bytes', new Uint8Array([0, 255]), 'bytesValue', new Uint8Array([0, 255])],
    ['an array of text', ['a', 'b'], 'arrayValue', ['a', 'b']],
    ['an empty array', [], 'arrayValue', []],
    ['an array of enum values', [enumValue('A')], 'arrayValue', [new EnumValue('A')]],
  ])('carry %s', (_, input, kind, output) => {
    expect(roundTrip(input)).toEqual({ kind, value: output });
  });

  it('carry dates to the millisecond', () => {
    const { kind, value } = roundTrip(new Date('2026-03-02T10:15:00.123Z'));
    expect(kind).toBe('timestampValue');
    expect((value as Date).toISOString()).toBe('2026-03-02T10:15:00.123Z');
  });

  it('keep the microseconds of a timestamp that is read and written back', () => {
    for (const micros of [1_234_567n, -1n, -1_000n, 0n]) {
      const { value } = roundTrip(new Timestamp(micros));
      expect((value as Timestamp).unixMicros).toBe(micros);
      expect((value as Timestamp).getTime()).toBe(Math.floor(Number(micros) / 1000));
    }
  });

  it('send an array of numbers as doubles when one of them is none', () => {
    expect(valueToWire('P', [1, 2.5]).kind).toEqual({
      case: 'arrayValue',
      value: { items: [{ kind: { case: 'doubleValue', value: 1 } }, { kind: { case: 'doubleValue', value: 2.5 } }] },
    });
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'Title: null'],
    ['undefined', undefined, 'Title: undefined'],
    ['a plain object', {}, 'Title: [object Object]'],
    ['an array in an array', [['a']], 'Title[0]: an array in an array'],
    ['an invalid date', new Date(NaN), 'Title: the date is invalid'],
  ])('refuse %s and name the property', (_, value, message) => {
    expect(() => valueToWire('Title', value as PropertyInput)).toThrow(message);
  });

  it('refuse integers that do not fit', () => {
    expect(() => int(2n ** 63n)).toThrow(RangeError);
    expect(() => int(1.5)).toThrow(RangeError);
    expect(() => valueToWire('P', 2n ** 64n)).toThrow(RangeError);
  });
});

describe('HolonId', () => {
  const text = '01890000-0000-7000-8000-000000000001/01890000-0000-7000-8000-0000000000ff';

  it('reads what it writes, in any case', () => {
    expect(HolonId.parse(text).toString()).toBe(text);
    expect(HolonId.parse(text.toUpperCase()).equals(HolonId.parse(text))).toBe(true);
    expect(JSON.stringify({ id: HolonId.parse(text) })).toBe(`{"id":"${text}"}`);
  });

  it.each(['', 'a/b', text.slice(1), `${text}/x`, text.split('/')[0] ?? ''])('refuses "%s"', (wrong) => {
    expect(() => HolonId.parse(wrong)).toThrow(TypeError);
  });
});
