// Queries over the sample library, by the SDK.
import {
  CapacityError, MapDomainError, MapTransportError, query,
  type BuiltQuery, type Holon, type MapClient, type MapTransaction, type Query, type Space,
} from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes } from '../daemon.js';
import { noteHolon } from '../schema.js';
import { libraryIn, stage, stageNovel } from './library.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await libraryIn(client, 'queries');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

interface Library {
  Book: { properties: { Title: string; PublicationYear: number }; relationships: { AuthoredBy: 'Person'; SetIn: 'Place' } };
  Person: { properties: { Name: string; BirthYear: number }; relationships: { AuthorOf: 'Book'; BornIn: 'Place' } };
  Place: { properties: { Name: string; Country: string }; relationships: { BirthplaceOf: 'Person' } };
}

/** The keys of what a query finds, in its order. */
async function keysOf(tx: MapTransaction, asked: Query | BuiltQuery<object>, pageSize?: number): Promise<string[]> {
  const rows = tx.traverse(query.of(asked).select('Key'), { pageSize });
  const keys: string[] = [];
  for await (const { properties } of rows) keys.push(String(properties.Key));
  return keys;
}

/** The same, read one relationship after the other. */
async function walk(from: readonly Holon[], ...names: string[]): Promise<Map<string, Holon>> {
  let reached = [...from];
  for (const name of names) reached = (await Promise.all(reached.map((holon) => holon.related(name).toArray()))).flat();
  return new Map(await Promise.all(reached.map(async (holon) => [String(await holon.key()), holon] as const)));
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const AUSTEN = { key: 'Austen, Jane' };
const byAusten = query.from(AUSTEN).follow('AuthorOf');

describe('rows', () => {
  it('tell what was selected, in order, with those last that lack it', async () => {
    await using tx = await space.begin();
    const asked = query.over<Library>().from(AUSTEN).follow('AuthorOf')
      .orderBy({ property: 'PublicationYear', descending: true }, 'Title').select('Title', 'PublicationYear');
    const rows = await tx.traverse(asked).toArray();
    expect(rows.map(({ properties }) => properties)).toEqual([
      { Title: 'Mansfield Park', PublicationYear: 1814 },
      { Title: 'Pride and Prejudice', PublicationYear: 1813 },
      { Title: 'Sense and Sensibility', PublicationYear: 1811 },
      { Title: 'Emma' }, { Title: 'Northanger Abbey' }, { Title: 'Persuasion' },
    ]);
    expect(await rows[3]?.holon.key()).toBe('Emma');
    expect((await tx.traverse(asked.limit(2)).toArray()).map(({ properties: { Title } }) => Title)).toEqual(['Mansfield Park', 'Pride and Prejudice']);
    expect((await tx.traverse(asked).first())?.properties).toEqual({ Title: 'Mansfield Park', PublicationYear: 1814 });
    expect(await tx.traverse(byAusten.where({ PublicationYear: { less: 0 } })).first()).toBeUndefined();
  });

  it('go over three hops, as a walk does', async () => {
    await using tx = await space.begin();
    const [dublin] = await tx.traverse({ from: { key: 'Dublin, Ireland' } }).toArray();
    if (!dublin) throw new Error('Dublin is in the library');
    const asked = query.from(dublin.holon).follow('BirthplaceOf').follow('AuthorOf').follow('AboutSubject').distinct().orderBy('Name');
    const walked = await walk([dublin.holon], 'BirthplaceOf', 'AuthorOf', 'AboutSubject');
    expect(walked.size).toBeGreaterThan(5);
    expect(await keysOf(tx, asked)).toEqual([...walked.keys()].sort(byBytes));
  });

  it('come page by page, each once and in order', async () => {
    await using tx = await space.begin();
    const type = await tx.getByKey('Book.HolonType');
    const titles = await Promise.all((await tx.getAll({ type }).toArray()).map(async (book) => String(await book.get('Title'))));
    const books = query.from('Book').orderBy('Title');
    expect(titles).toHaveLength(291);
    expect(await keysOf(tx, books, 40)).toEqual(titles.sort(byBytes));
    expect(await keysOf(tx, books.limit(90), 40)).toEqual(titles.slice(0, 90));
    const rows = tx.traverse(books.limit(90));
    const first = await rows.page({ size: 50 });
    const second = await rows.page({ size: 50, token: first.nextToken });
    expect([first.rows.length, second.rows.length, second.nextToken]).toEqual([50, 40, undefined]);
    expect(await failure(tx.traverse(books).page({ token: first.nextToken }))).toMatchObject({ code: 'INVALID_PAGE_TOKEN' });
  });

  it('stand as often as there are ways, or once', async () => {
    await using tx = await space.begin();
    const read = query.from({ key: 'M-001' }).follow('HasRead').orderBy('Title');
    expect(await keysOf(tx, read)).toEqual(['Emma', 'Middlemarch', 'Persuasion', 'Persuasion']);
    expect(await keysOf(tx, read, 1)).toEqual(['Emma', 'Middlemarch', 'Persuasion', 'Persuasion']);
    expect(await keysOf(tx, read.distinct())).toEqual(['Emma', 'Middlemarch', 'Persuasion']);
  });

  it('are those of a depth', async () => {
    await using tx = await space.begin();
    const topic = query.from({ key: 'Time Travel' });
    const up = (depth: number | [number, number]) => keysOf(tx, topic.follow('BroaderSubject', { depth }).orderBy('Key'));
    expect(await up(1)).toEqual(['Science Fiction']);
    expect(await up(2)).toEqual(['Imagination']);
    expect(await up([0, 3])).toEqual(['Imagination', 'Science Fiction', 'Time Travel']);
    expect(await up([3, 9])).toEqual([]);
    const near = topic.follow(['BroaderSubject', 'NarrowerSubject'], { depth: [1, 2] }).distinct().orderBy('Key');
    expect(await keysOf(tx, near)).toEqual(['Extraterrestrial Life', 'Imagination', 'Robots', 'Science Fiction', 'Time Travel']);
  });

  it('are those of which a condition is true', async () => {
    await using tx = await space.begin();
    const about = (condition: Parameters<typeof byAusten.where>[0]) => keysOf(tx, byAusten.where(condition).orderBy('Key'));
    expect(await about({ Title: { startsWith: 'P' }, Form: 'Novel' })).toEqual(['Persuasion', 'Pride and Prejudice']);
    expect(await about({ PublicationYear: { exists: false } })).toEqual(['Emma', 'Northanger Abbey', 'Persuasion']);
    expect(await about({ PublicationYear: { not: 1811 } })).toEqual(['Mansfield Park', 'Pride and Prejudice']);
    expect(await about({ not: { PublicationYear: 1811 }, Title: { oneOf: ['Emma', 'Sense and Sensibility'] } })).toEqual(['Emma']);
    expect(await about({ any: [{ Title: { contains: ' and ' } }, { Title: { less: 'F' } }], isA: 'Book' }))
      .toEqual(['Emma', 'Pride and Prejudice', 'Sense and Sensibility']);
    const joined = query.from('Member').where({ JoinedAt: { less: new Date('2024-01-08T09:30:00.001Z') } });
    expect(await keysOf(tx, joined)).toContain('M-001');
    expect(await keysOf(tx, query.from('Place').where({ Latitude: { atLeast: 60, less: 90n } }))).toContain('Lom, Norway');
  });
});

describe('a query', () => {
  it('sees what is staged', async () => {
    await using tx = await space.begin();
    const asked = byAusten.orderBy('PublicationYear', 'Title');
    const titles = async () => (await tx.traverse(asked.select('Title')).toArray()).map(({ properties }) => properties.Title);
    await stageNovel(tx, { PublicationYear: 1794 });
    await (await (await tx.getByKey('Emma')).stageNewVersion()).set('PublicationYear', 1812);
    await (await tx.getByKey('Mansfield Park')).delete();
    expect(await titles()).toEqual(['Lady Susan', 'Sense and Sensibility', 'Emma', 'Pride and Prejudice', 'Northanger Abbey', 'Persuasion']);
    const author = await stage(tx, 'Person', { key: 'Nobody', properties: { Name: 'Nobody' } });
    expect(await keysOf(tx, query.from(author))).toEqual(['Nobody']);
    await using other = await space.begin();
    expect(await keysOf(other, asked)).toHaveLength(6);
    expect(await keysOf(other, asked)).not.toContain('Lady Susan');
    expect(await failure(other.traverse(query.from(author)).toArray())).toMatchObject({ code: 'CROSS_TRANSACTION_REFERENCE' });
  });

  it('finds the same when it was stored', async () => {
    await using tx = await space.begin();
    const emma = await (await tx.getByKey('Emma')).id();
    const asked = query.from({ id: emma }, AUSTEN, { type: 'Member', keyPrefix: 'M-' })
      .follow(['AuthorOf', 'HasRead', 'Continues', 'AuthoredBy'], { depth: [0, 2] })
      .where({ any: [{ PublicationYear: { atLeast: 1800n, less: 1815.5 } }, { JoinedAt: { atLeast: new Date('2024-01-08T09:30:00Z') } }, { isA: 'Person' }] })
      .orderBy('Key')
      .limit(30);
    const stored = JSON.parse(JSON.stringify(asked)) as Query;
    const keys = await keysOf(tx, asked);
    expect(keys.length).toBeGreaterThan(10);
    expect(await keysOf(tx, stored)).toEqual(keys);
  });

  it('is explained in words, with the index and the rows that it reads', async () => {
    await using tx = await space.begin();
    const asked = query.from('Book').where({ Form: 'Novel' }).follow('AuthoredBy').distinct().orderBy('Name').select('Name');
    const plan = await tx.explain(asked);
    expect(plan.map(({ place, index }) => [place, index])).toEqual([
      ['from', 'types'], ['steps[0].where', 'holons'], ['steps[1].follow', 'links'], ['orderBy', 'holons'], ['select', undefined],
    ]);
    expect(plan[1]?.text).toContain('Form is "Novel"');
    expect(plan.every(({ rowsRead }) => rowsRead === undefined)).toBe(true);
    const run = await tx.explain(asked, { run: true });
    expect(run.map(({ text }) => text)).toEqual(plan.map(({ text }) => text));
    expect(run[0]?.rowsRead).toBe(291);
    expect(run.every(({ rowsRead = Infinity, mostRows }) => rowsRead <= mostRows)).toBe(true);
  });
});

describe('an illegal query', () => {
  const books = query.from('Book');
  it.each<[string, string, Query | BuiltQuery<object>]>([
    ['UNKNOWN_RELATIONSHIP', 'steps[0].follow[1]', books.follow(['AuthoredBy', 'WrittenBy'])],
    ['UNKNOWN_RELATIONSHIP', 'steps[1].follow', books.follow('AuthoredBy').follow('AuthoredBy')],
    ['UNKNOWN_PROPERTY', 'steps[0].where.Name', books.where({ Name: 'Emma' })],
    ['UNKNOWN_PROPERTY', 'steps[0].where.any[1].Titel.startsWith', books.where({ Form: 'Novel', any: [{ Title: 'x' }, { Titel: { startsWith: 'x' } }] })],
    ['UNKNOWN_PROPERTY', 'orderBy[1].property', books.orderBy('Title', { property: 'Name' })],
    ['UNKNOWN_PROPERTY', 'select[0]', books.select('Name')],
    ['VALUE_KIND_MISMATCH', 'steps[0].where.PublicationYear.oneOf[1]', books.where({ PublicationYear: { oneOf: [1850, 'late'] } })],
    ['UNKNOWN_VARIANT', 'steps[0].where.Form', books.where({ Form: 'Nobel' })],
    ['COMPARISON_UNDEFINED', 'steps[0].where.Form.greater', books.where({ Form: { greater: 'Novel' } })],
    ['QUERY_TOO_DEEP', 'steps[0].follow', books.follow('Continues', { depth: [1, 17] })],
    ['TOO_LARGE', 'steps[0].where.Title.oneOf', books.where({ Title: { oneOf: Array.from({ length: 1001 }, (_, index) => `T${index}`) } })],
    ['KEY_NOT_FOUND', 'from', query.from('Bok')],
    ['KEY_NOT_FOUND', 'from[1].key', query.from('Book', { key: 'No such book' })],
    ['KEY_NOT_FOUND', 'steps[0].where.isA', books.where({ isA: 'Bok' })],
    ['INVALID_REQUEST', 'from', { from: [] }],
  ])('is refused with %s at %s', async (code, place, asked) => {
    await using tx = await space.begin();
    const refused = await failure(tx.traverse(query.of(asked)).toArray());
    expect(refused).toBeInstanceOf(MapDomainError);
    expect(refused).toMatchObject({ code, field: place });
    expect((refused as Error).message).toContain(place);
    expect(await failure(tx.explain(asked))).toMatchObject({ code, field: place });
  });
});

describe('a query that takes long', () => {
  // Each note cites all, so that each of the links one after the other reads 40,000.
  const keys = Array.from({ length: 200 }, (_, index) => `note ${index}`);
  const long = query.from('Note').follow('Cites', { depth: 2_000 }).distinct();
  const limits = { maxQueryHops: 2_000, maxQueryRows: 1_000_000_000 };

  async function dense(on: Daemon): Promise<{ client: MapClient; tx: MapTransaction }> {
    const client = await on.connect('socket');
    const tx = await (await spaceWithNotes(client, 'dense')).begin();
    await tx.loadHolons({ graph: { holons: keys.map((key) => noteHolon(key, keys)) } });
    return { client, tx };
  }

  it('ends when it is canceled or its time is up, and the transaction goes on', async () => {
    await using slow = await Daemon.start({ ...limits, maxQueryMilliseconds: 600_000 });
    const { client, tx } = await dense(slow);
    const canceled = await failure(tx.traverse(long, { signal: AbortSignal.timeout(200) }).toArray());
    expect(canceled).toBeInstanceOf(MapTransportError);
    expect(canceled).toMatchObject({ status: 'CANCELED' });
    expect(await failure(tx.traverse(long, { timeoutMs: 200 }).toArray())).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    expect(await keysOf(tx, query.from({ key: 'note 0' }))).toEqual(['note 0']);
    await tx.rollback();
    client.close();
  });

  it('is ended by the daemon', async () => {
    await using slow = await Daemon.start({ ...limits, maxQueryMilliseconds: 100 });
    const { client, tx } = await dense(slow);
    const ended = await failure(tx.traverse(long).toArray());
    expect(ended).toBeInstanceOf(CapacityError);
    expect(ended).toMatchObject({ code: 'QUERY_TIMED_OUT', retryable: true, details: { limit: 100 } });
    await tx.rollback();
    client.close();
  });
});
