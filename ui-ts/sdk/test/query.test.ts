// The object form of a query: what message it becomes, and what is said of one that is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { create, equals, fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { double, enumValue, HolonId, int, query, Timestamp, type Query } from '@map/sdk';
import { describe, expect, it } from 'vitest';
import { TraverseQuerySchema } from '../src/gen/map/v1/queries_pb.js';
import { Place } from '../src/internal/query-place.js';
import { queryToWire } from '../src/internal/query.js';

const FIXTURES = new URL('../../../tests/fixtures/queries/', import.meta.url);
const fixtures = readdirSync(FIXTURES).filter((name) => name.endsWith('.json')).map((name) =>
  [name, JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')) as { query: Query; message: JsonValue }] as const);

const SPACE = '0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f';
const ID = `${SPACE}/0196d5a0-9a44-7d01-8c11-a1b2c3d4e5f6`;

const message = (of: Query) => create(TraverseQuerySchema, queryToWire(of, Place.root()));
const json = (of: Query) => toJson(TraverseQuerySchema, message(of)) as { steps: { where: unknown }[] };

describe('the message of a query', () => {
  it('has examples', () => { expect(fixtures.length).toBeGreaterThan(10); });

  it.each(fixtures)('is that of the fixture %s, stored or not', (_, fixture) => {
    const expected = fromJson(TraverseQuerySchema, fixture.message);
    expect(toJson(TraverseQuerySchema, message(fixture.query))).toEqual(toJson(TraverseQuerySchema, expected));
    expect(equals(TraverseQuerySchema, message(fixture.query), expected)).toBe(true);
    const stored = JSON.parse(JSON.stringify(query.of(fixture.query))) as Query;
    expect(stored).toEqual(fixture.query);
  });

  it.each([
    ['a moment', new Date('2024-02-29T12:00:00.5Z'), { timestampValue: { unixMicros: '1709208000500000' } }],
    ['a moment with microseconds', new Timestamp(1n), { timestampValue: { unixMicros: '1' } }],
    ['bytes', new Uint8Array([1, 2, 255]), { bytesValue: 'AQL/' }],
    ['a variant', enumValue('Novel'), { enumValue: 'Novel' }],
    ['a big integer', 2n ** 60n, { integerValue: '1152921504606846976' }],
    ['an integer', int(7), { integerValue: '7' }],
    ['a double', double(7), { doubleValue: 7 }],
    ['a list of doubles', [1, 2.5], { arrayValue: { items: [{ doubleValue: 1 }, { doubleValue: 2.5 }] } }],
  ] as const)('takes %s as value', (_, value, wire) => {
    const [step] = json({ from: 'A', steps: [{ where: { P: value } }] }).steps;
    expect(step?.where).toEqual({ property: { name: 'P', comparison: 'COMPARISON_EQUAL', values: [wire] } });
  });

  it('takes an id as such', () => {
    expect(message({ from: { id: HolonId.parse(ID) } })).toEqual(message({ from: { id: ID } }));
  });

  it('takes what is undefined as absent, but in conditions', () => {
    const from = { type: undefined, exact: undefined, keyPrefix: undefined };
    expect(message({ from, steps: undefined, limit: undefined, select: undefined })).toEqual(message({ from: {} }));
    expect(() => message({ from: 'A', steps: [{ where: { Name: undefined } }] })).toThrow('steps[0].where.Name: undefined is no value');
  });
});

describe('a query that is none', () => {
  const where = (condition: unknown) => ({ from: 'A', steps: [{ follow: 'B' }, { where: condition }] });
  it.each<[string, unknown]>([
    ['The query: expected an object, not [object Array].', []],
    ['The query: expected an object, not null.', null],
    ['The query: it says not where to begin; add from.', {}],
    ['orderby: no such field; did you mean orderBy?', { from: 'A', orderby: [] }],
    ['filter: no such field; there is from, steps, distinct, orderBy, limit, select.', { from: 'A', filter: 1 }],
    ['from: expected a seed: the key of a type, a handle, or an object, not 7.', { from: 7 }],
    ['from[1].kee: no such field; there is type, exact, keyPrefix.', { from: ['A', { kee: 'x' }] }],
    ['from[0].exact: no such field; there is key, type.', { from: [{ key: 'x', exact: true }] }],
    ['from.key: expected a text.', { from: { key: 7 } }],
    ['from.type: expected a text.', { from: { type: 7 } }],
    ['from.keyPrefix: expected a text.', { from: { keyPrefix: 7 } }],
    ['from.id: expected a text.', { from: { id: 7 } }],
    ['from.id: "x" is no holon id: expected spaceUuid/localUuid.', { from: { id: 'x' } }],
    ['from.id: "x" is no UUID.', { from: { id: 'x/y' } }],
    ['steps: expected a list.', { from: 'A', steps: { follow: 'B' } }],
    ['steps[0]: expected an object, not B.', { from: 'A', steps: ['B'] }],
    ['steps[0]: a step has either where or follow.', { from: 'A', steps: [{}] }],
    ['steps[0]: a step has either where or follow.', { from: 'A', steps: [{ where: { P: 1 }, follow: 'B' }] }],
    ['steps[0].folow: no such field; did you mean follow?', { from: 'A', steps: [{ folow: 'B' }] }],
    ['steps[0].depth: no such field; there is where.', { from: 'A', steps: [{ where: { P: 1 }, depth: 1 }] }],
    ['steps[0].follow[1]: expected a text.', { from: 'A', steps: [{ follow: ['B', 7] }] }],
    ['steps[0].depth: expected a whole number, 0 or more.', { from: 'A', steps: [{ follow: 'B', depth: -1 }] }],
    ['steps[0].depth[1]: expected a whole number, 0 or more.', { from: 'A', steps: [{ follow: 'B', depth: [1, Infinity] }] }],
    ['steps[0].depth: expected a number of links, or [fewest, most].', { from: 'A', steps: [{ follow: 'B', depth: [1, 2, 3] }] }],
    ['steps[0].depth: the fewest links come first: [1, 3].', { from: 'A', steps: [{ follow: 'B', depth: [3, 1] }] }],
    ['from.exact: only together with a type.', { from: { exact: true } }],
    ['steps[1].where: expected a condition: an object, not undefined.', where(undefined)],
    ['steps[1].where.PublicationYear.atLeats: no such comparison; did you mean atLeast?', where({ PublicationYear: { atLeats: 1850 } })],
    ['steps[1].where["publication year"]["at least"]: no such comparison; did you mean atLeast?',
      where({ 'publication year': { 'at least': 1 } })],
    ['steps[1].where: it says no condition.', where({})],
    ['steps[1].where.any: it says no condition.', where({ P: 1, any: [] })],
    ['steps[1].where.P: it says no comparison', where({ P: {} })],
    ['steps[1].where.P: null is no value; for holons without one write { exists: false }.', where({ P: null })],
    ['steps[1].where.P.less: undefined is no value', where({ Q: 1, P: { less: undefined } })],
    ['steps[1].where.P[0]: an array in an array is no property value.', where({ P: [[1]] })],
    ['steps[1].where.P.exists: expected true or false.', where({ P: { exists: 'yes' } })],
    ['steps[1].where.P.oneOf: expected a list.', where({ P: { oneOf: 'x' } })],
    ['steps[1].where.P.oneOf[1]: null is no value', where({ P: { oneOf: [1, null] } })],
    ['steps[1].where.P.startsWith: expected a text.', where({ P: { startsWith: 7 } })],
    ['steps[1].where.all: expected a list.', where({ all: { P: 1 } })],
    ['steps[1].where.all[1].any[0].not.P.les: no such comparison; did you mean less?',
      where({ all: [{ P: 1 }, { any: [{ not: { P: { les: 1 } } }] }] })],
    ['steps[1].where.not: expected a condition: an object, not 7.', where({ not: 7 })],
    ['steps[1].where.isA: expected a text.', where({ isA: 7 })],
    ['orderBy: expected a list.', { from: 'A', orderBy: 'B' }],
    ['orderBy[0].desc: no such field; there is property, descending.', { from: 'A', orderBy: [{ property: 'B', desc: true }] }],
    ['orderBy[0].property: expected a text.', { from: 'A', orderBy: [{ descending: true }] }],
    ['orderBy[0]: expected the name of a property, or { property, descending }, not 7.', { from: 'A', orderBy: [7] }],
    ['distinct: expected true or false.', { from: 'A', distinct: 1 }],
    ['limit: expected a whole number, 0 or more.', { from: 'A', limit: 1.5 }],
    ['select: expected a list.', { from: 'A', select: 'B' }],
    ['select[1]: expected a text.', { from: 'A', select: ['B', 7] }],
  ])('says: %s', (text, wrong) => {
    const asked = () => message(wrong as Query);
    expect(asked).toThrow(TypeError);
    expect(asked).toThrow(text);
  });
});
