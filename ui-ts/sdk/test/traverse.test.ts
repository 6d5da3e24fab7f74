// How queries are sent and their answers told, on the client's side.
import { MapClient, query, ValueError, type MapTransaction } from '@map/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode as WireCode } from '../src/gen/map/v1/errors_pb.js';
import { TraverseExplain, type TraverseQuery } from '../src/gen/map/v1/queries_pb.js';
import { bytes, FakeDaemon, staged, type Answer } from './fake-daemon.js';

let daemon: FakeDaemon;
let client: MapClient;
let tx: MapTransaction;
beforeAll(async () => {
  daemon = await FakeDaemon.start();
  client = await MapClient.connect({ address: daemon.address, token: 'secret' });
  const [space] = await client.spaces.list();
  if (!space) throw new Error('the fake has a space');
  tx = await space.begin({ label: 'test' });
});
beforeEach(() => { daemon.requests.length = 0; });
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const sent = (): TraverseQuery[] => daemon.requests.map(({ command }) => {
  const intent = command?.intent;
  if (intent?.case !== 'query' || intent.value.command.case !== 'traverse') throw new Error('expected traverse');
  return intent.value.command.value;
});

const row = (value: number) =>
  ({ reference: staged(value), properties: [{ name: 'Title', value: { kind: { case: 'stringValue' as const, value: `T${value}` } } }] });
const page = (values: readonly number[], next = 0): Answer =>
  ({ success: true, body: { result: { case: 'traverse', value: { rows: values.map(row), nextToken: new Uint8Array(next) } } } });

describe('the rows of a query', () => {
  it('come page by page, as they are needed', async () => {
    const pages = [page([1, 2], 4), page([3, 4], 5), page([5])];
    daemon.answer = () => pages[daemon.requests.length - 1] ?? { success: false };
    const rows = tx.traverse(query.from('Book').select('Title'), { pageSize: 2 });
    expect(daemon.requests).toHaveLength(0);
    const titles: string[] = [];
    for await (const { holon, properties } of rows) {
      titles.push(`${holon.toString()} ${String(properties.Title)}`);
      expect(daemon.requests).toHaveLength(Math.ceil(titles.length / 2));
    }
    expect(titles).toHaveLength(5);
    expect(titles[4]).toBe('staged holon 05050505-0505-0505-0505-050505050505 T5');
    expect(sent().map((each) => [each.page?.size, each.page?.token.length, each.select])).toEqual([[2, 0, ['Title']], [2, 4, ['Title']], [2, 5, ['Title']]]);
  });

  it('are taken all, the first, or by page', async () => {
    daemon.answer = () => page([1, 2]);
    const rows = tx.traverse({ from: 'Book' });
    expect(await rows.toArray()).toHaveLength(2);
    expect((await rows.first())?.properties).toEqual({ Title: 'T1' });
    expect(await rows.page({ size: 7, token: 'AAAA' })).not.toHaveProperty('nextToken');
    expect(sent().map((each) => [each.page?.size, each.page?.token.length])).toEqual([[0, 0], [1, 0], [7, 3]]);
  });

  it('of holons that the program has', async () => {
    daemon.answer = () => page([7]);
    const holon = (await tx.traverse({ from: 'Book' }).first())?.holon;
    if (!holon) throw new Error('expected a row');
    const about = query.from(holon, { type: holon }, { key: 'x', type: holon }).where({ isA: holon });
    await tx.traverse(about).first();
    const { seeds, steps } = sent()[1] ?? { seeds: [], steps: [] };
    const reference = { kind: { case: 'staged', value: { localId: bytes(7) } } };
    expect(seeds.map(({ seed }) => seed.value)).toMatchObject([reference, { type: { by: { value: reference } } }, { key: 'x', type: { by: { value: reference } } }]);
    expect(steps[0]?.step).toMatchObject({ value: { condition: { case: 'isA', value: { type: { by: { value: reference } } } } } });
    expect(() => JSON.stringify(about)).toThrow('from[0]: a handle is good in its transaction only');
    expect(() => query.from('A').where({ isA: holon }).toJSON()).toThrow('steps[0].where.isA: a handle is good');
  });

  it('refuse what is no query before anything is sent', () => {
    expect(() => tx.traverse({ from: 'Book', orderBy: 'Title' } as never)).toThrow(new TypeError('orderBy: expected a list.'));
    expect(daemon.requests).toHaveLength(0);
  });
});

describe('a query that the daemon refuses', () => {
  const asked = query.from('Book', { key: 'x', type: 'Y' })
    .where({ Form: 'Novel' })
    .where({ Form: 'Novel', PublicationYear: { atLeast: 1, less: 'x' }, any: [{ Title: { oneOf: ['a', 7] } }, { isA: 'Z' }] })
    .follow(['AuthoredBy', 'X'], { depth: [1, 90] })
    .follow('X', { depth: 90 })
    .orderBy('Title', { property: 'Y' })
    .select('Z');

  it.each([
    ['seeds[1].key.type.name', 'from[1].type'],
    ['seeds[0].list.type', 'from[0]'],
    ['steps[0].where', 'steps[0].where'],
    ['steps[0].where.property', 'steps[0].where.Form'],
    ['steps[0].where.property.values[0]', 'steps[0].where.Form'],
    ['steps[1].where', 'steps[1].where'],
    ['steps[1].where.all.conditions[2].property.name', 'steps[1].where.PublicationYear.less'],
    ['steps[1].where.all.conditions[3].any.conditions[0].property.values[1]', 'steps[1].where.any[0].Title.oneOf[1]'],
    ['steps[1].where.all.conditions[3].any.conditions[1].is_a.type', 'steps[1].where.any[1].isA'],
    ['steps[2].expand.relationships[1]', 'steps[2].follow[1]'],
    ['steps[2].expand.max_depth', 'steps[2].depth[1]'],
    ['steps[3].expand.relationships[0]', 'steps[3].follow'],
    ['steps[3].expand.min_depth', 'steps[3].depth'],
    ['steps[3].expand', 'steps[3].follow'],
    ['order_by[1].property', 'orderBy[1].property'],
    ['order_by[0].property', 'orderBy[0]'],
    ['select[0]', 'select[0]'],
    ['limit', 'limit'],
    ['seeds', 'from'],
    ['page.size', 'page.size'],
  ])('is told %s as %s', async (field, place) => {
    const wrong = { code: WireCode.UNKNOWN_PROPERTY, message: `At "${field}" it is wrong.`, field };
    daemon.answer = () => ({ success: false, errors: [wrong, { ...wrong, message: 'It has too many seeds.' }, { ...wrong, field: '' }] });
    const [error] = await Promise.all([tx.traverse(asked.limit(7)).toArray().catch((thrown: unknown) => thrown)]);
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({
      code: 'UNKNOWN_PROPERTY', field: place,
      errors: [{ message: `At "${place}" it is wrong.` }, { field: place, message: `${place}: It has too many seeds.` }, { message: `At "${field}" it is wrong.` }],
    });
  });
});

describe('the plan of a query', () => {
  const steps = [
    { text: 'Lists books.', place: 'seeds[0]', index: 'types', mostRows: 300n, rowsRead: 291n },
    { text: 'Sorts.', place: 'order_by', mostRows: 0n },
  ];

  it('is told without running it, or with what it read', async () => {
    daemon.answer = () => ({ success: true, body: { result: { case: 'traverse', value: { plan: { steps } } } } });
    const asked = query.from('Book').orderBy('Title');
    expect(await tx.explain(asked)).toEqual([
      { text: 'Lists books.', place: 'from', index: 'types', mostRows: 300, rowsRead: 291 },
      { text: 'Sorts.', place: 'orderBy', mostRows: 0 },
    ]);
    await tx.explain({ from: 'Book' }, { run: true });
    expect(sent().map(({ explain }) => explain)).toEqual([TraverseExplain.PLAN, TraverseExplain.RUN]);
  });
});
