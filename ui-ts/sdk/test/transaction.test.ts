import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Holon, MapClient, MapTransportError, type MapTransaction, type UploadProgress } from '@map/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode as WireCode } from '../src/gen/map/v1/errors_pb.js';
import { TransactionStatus } from '../src/gen/map/v1/map_spaces_pb.js';
import { FakeDaemon, staged, type Answer, type News } from './fake-daemon.js';

let daemon: FakeDaemon;
let client: MapClient;
let tx: MapTransaction;
beforeAll(async () => {
  daemon = await FakeDaemon.start();
  client = await MapClient.connect({ address: daemon.address, token: 'secret' });
});
beforeEach(async () => {
  daemon.answer = () => ({ success: true });
  tx = await begin();
  daemon.requests.length = 0;
  daemon.requestIds.length = 0;
  daemon.uploads.length = 0;
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

async function begin(): Promise<MapTransaction> {
  const [space] = await client.spaces.list();
  if (!space) throw new Error('the fake has a space');
  return space.begin({ label: 'test' });
}

const reference: Answer = { success: true, body: { result: { case: 'reference', value: staged(1) } } };
const commit: Answer = { success: true, body: { result: { case: 'commit', value: { commitNumber: 1n } } } };

describe('a transaction', () => {
  it('rolls back at the end of its block', async () => {
    {
      await using open = await begin();
      await open.undo();
    }
    expect(daemon.commands).toEqual(['undo', 'rollback']);
  });

  it('rolls back when its block fails, and the failure stays the failure', async () => {
    const work = async (): Promise<void> => {
      await using open = await begin();
      await open.undo();
      throw new Error('mine');
    };
    await expect(work()).rejects.toThrow('mine');
    expect(daemon.commands).toEqual(['undo', 'rollback']);
  });

  it.each(['commit', 'rollback'] as const)('does nothing at the end of its block after %s', async (end) => {
    daemon.answer = () => commit;
    {
      await using open = await begin();
      await open[end]();
    }
    expect(daemon.commands).toEqual([end]);
  });

  it('rolls back after a commit that failed', async () => {
    daemon.answer = () => ({ success: daemon.commands.at(-1) === 'rollback', errors: [{ code: WireCode.CONFLICT, message: 'No.' }] });
    const work = async (): Promise<void> => {
      await using open = await begin();
      await open.commit();
    };
    await expect(work()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(daemon.commands).toEqual(['commit', 'rollback']);
  });

  it('does not mind at the end of its block that it has ended already', async () => {
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.TRANSACTION_COMMITTED, message: 'It is committed.' }] });
    await expect(tx[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('does mind when the daemon cannot be told', async () => {
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.INTERNAL, message: 'Defect.' }] });
    await expect(tx[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('sends each operation as exactly one command, named for logs', async () => {
    daemon.answer = () => reference;
    const book = await tx.stageNewHolon({ key: 'Emma', properties: { Title: 'Emma' } });
    const author = await tx.newHolon();
    await tx.stageNewHolon(author);
    await tx.getByKey('Emma', { type: book });
    await book.set({ Title: 'Emma', Pages: 474 });
    await book.set('Title', 'Emma');
    await book.remove('Pages');
    await book.add('AuthoredBy', author, book);
    await book.addAt('AuthoredBy', { before: author }, book);
    await book.removeRelated('AuthoredBy', author);
    await book.withDescriptor(author);
    await tx.stageNewVersion(book);
    daemon.answer = () => ({ success: true, body: { result: { case: 'count', value: 3n } } });
    await expect(tx.deleteHolon(book)).resolves.toBe(3);
    expect(daemon.commands).toEqual([
      'stageNewHolon', 'newHolon', 'stageNewHolon', 'getByKey', 'withPropertyValue', 'withPropertyValue', 'removePropertyValue',
      'addRelatedHolons', 'addRelatedHolons', 'removeRelatedHolons', 'withDescriptor', 'stageNewVersion', 'deleteHolon',
    ]);
    expect(daemon.requests[0]?.name).toBe('StageNewHolon');
    expect(daemon.requests[8]?.command?.intent.value?.command.value).toMatchObject({ position: { at: { case: 'before' } } });
  });

  it('asks what a commit would find, with the holon and the rule of each', async () => {
    const wrong = {
      code: WireCode.MISSING_REQUIRED, message: 'No title.', field: 'Title', details: { rule: 'PropertyRequired' },
      subject: { case: 'reference' as const, value: staged(3) },
    };
    const warning = { code: WireCode.INSTANCES_INVALID, message: '2 saved holons.', details: { candidates: [staged(4), staged(5)] } };
    daemon.answer = () => ({ success: true, body: { result: { case: 'findings', value: { errors: [wrong], warnings: [warning] } } } });
    const { errors, warnings } = await tx.validate();
    expect(daemon.commands).toEqual(['validate']);
    expect(errors).toMatchObject([{ code: 'MISSING_REQUIRED', message: 'No title.', field: 'Title', details: { rule: 'PropertyRequired' } }]);
    expect(String(errors[0]?.subject)).toBe('staged holon 03030303-0303-0303-0303-030303030303');
    expect(warnings).toMatchObject([{ code: 'INSTANCES_INVALID' }]);
    expect(warnings[0]?.details.candidates?.every((each) => each instanceof Holon)).toBe(true);
  });

  it('asks what the type of a holon declares', async () => {
    daemon.answer = () => reference;
    const book = await tx.getByKey('Emma');
    expect((await book.descriptor())?.equals(book)).toBe(true);
    daemon.answer = () => ({ success: true });
    expect(await book.descriptor()).toBeUndefined();
    const members = [{ reference: staged(2), key: 'Title.PropertyType' }, { reference: staged(3) }];
    daemon.answer = () => ({ success: true, body: { result: { case: 'page', value: { members } } } });
    for (const available of [await book.availableProperties(), await book.availableRelationships(), await book.availableDances()]) {
      expect(available.map(({ holon, key }) => [String(holon), key])).toEqual([
        ['staged holon 02020202-0202-0202-0202-020202020202', 'Title.PropertyType'], ['staged holon 03030303-0303-0303-0303-030303030303', undefined],
      ]);
    }
    expect(daemon.commands.slice(1)).toEqual(['descriptor', 'descriptor', 'availableProperties', 'availableRelationships', 'availableDances']);
  });

  it('gives absence for a property that is not there, and nothing else', async () => {
    daemon.answer = () => reference;
    const holon = await tx.getByKey('Emma');
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.PROPERTY_NOT_FOUND, message: 'None.' }] });
    expect(await holon.get('Title')).toBeUndefined();
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.HOLON_NOT_FOUND, message: 'None.' }] });
    await expect(holon.get('Title')).rejects.toMatchObject({ code: 'HOLON_NOT_FOUND' });
  });

  it('tells equal handles from different ones without asking', async () => {
    daemon.answer = () => reference;
    const [one, same] = [await tx.getByKey('a'), await tx.getByKey('a')];
    daemon.answer = () => ({ success: true, body: { result: { case: 'reference', value: staged(2) } } });
    expect([one.equals(same), one.equals(await tx.getByKey('b'))]).toEqual([true, false]);
  });
});

describe('a collection', () => {
  /** Pages of two of five members; the token is the position. */
  function pages(): void {
    daemon.answer = ({ command }) => {
      const query = command?.intent.value?.command;
      if (query?.case !== 'getAll') return reference;
      const start = query.value.page?.token[0] ?? 0;
      const size = query.value.page?.size === 0 ? 100 : (query.value.page?.size ?? 0);
      const members = [1, 2, 3, 4, 5].slice(start, start + size).map((n) => ({ reference: staged(n), key: `k${n}` }));
      const nextToken = start + size < 5 ? new Uint8Array([start + size]) : new Uint8Array();
      return { success: true, body: { result: { case: 'page', value: { members, nextToken } } } };
    };
  }

  it('sends nothing before it is used, then pages by itself', async () => {
    pages();
    const all = tx.getAll({}, { pageSize: 2 });
    expect(daemon.commands).toEqual([]);
    const keys: (string | undefined)[] = [];
    for await (const { key } of all.entries()) keys.push(key);
    expect(keys).toEqual(['k1', 'k2', 'k3', 'k4', 'k5']);
    expect(daemon.commands).toEqual(['getAll', 'getAll', 'getAll']);
    expect(await all.toArray()).toHaveLength(5);
  });

  it('fetches no page that nobody asks for', async () => {
    pages();
    for await (const holon of tx.getAll({}, { pageSize: 2 })) {
      expect(holon).toBeInstanceOf(Holon);
      break;
    }
    expect(daemon.commands).toEqual(['getAll']);
  });

  it('gives single pages, the first member, and the end', async () => {
    pages();
    const all = tx.getAll({ keyPrefix: 'k' });
    const page = await all.page({ size: 4 });
    const rest = await all.page({ size: 4, token: page.nextToken });
    expect([page.entries.length, rest.entries.length, rest.nextToken]).toEqual([4, 1, undefined]);
    expect((await all.first())?.toString()).toContain('01010101');
    daemon.answer = () => ({ success: true, body: { result: { case: 'page', value: {} } } });
    expect(await all.first()).toBeUndefined();
    expect(await all.toArray()).toEqual([]);
  });
});

describe('a load', () => {
  const load: Answer = { success: true, body: { result: { case: 'load', value: { holons: 2n, targets: 1n, updated: 1n } } } };
  const graph = { holons: [{ key: 'a', type: 'T', properties: {} }] };

  it('sends a small graph inside the command', async () => {
    daemon.answer = () => load;
    expect(await tx.loadHolons({ graph })).toEqual({ holons: 2, targets: 1, updated: 1, warnings: [] });
    expect(daemon.uploads).toEqual([]);
    const command = daemon.requests[0]?.command?.intent.value?.command;
    if (command?.case !== 'loadHolons') throw new Error('no load');
    expect(JSON.parse(Buffer.from(command.value.files[0]?.content ?? []).toString())).toEqual(graph);
  });

  it('uploads files in chunks, tells the progress, and names the ids', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'map-'));
    await writeFile(join(directory, 'big.json'), Buffer.alloc(600_000, 'x'));
    daemon.answer = () => load;
    const progress: UploadProgress[] = [];
    const files = [join(directory, 'big.json'), { name: 'empty.json', content: '' }, { name: 'small.json', content: 'été' }];
    await tx.loadHolons({ files }, { onProgress: (step) => progress.push(step) });
    await rm(directory, { recursive: true });
    const sizes = daemon.uploads.map(({ fileName, chunk }) => `${fileName}:${chunk.length}`);
    expect(sizes).toEqual(['big.json:262144', ':262144', ':75712', 'empty.json:0', 'small.json:5']);
    expect(progress.at(-1)).toEqual({ file: 'small.json', fileNumber: 3, fileCount: 3, sentBytes: 600_005, totalBytes: 600_005 });
    const command = daemon.requests[0]?.command?.intent.value?.command;
    expect(command?.case === 'loadHolons' && command.value.contentIds.map((id) => id[0])).toEqual([1, 2, 3]);
  });

  it('uploads streams, and a graph that is large', async () => {
    daemon.answer = () => load;
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc');
      yield await Promise.resolve(Buffer.from('de'));
    };
    const big = { holons: [{ type: 'T', properties: { Text: 'x'.repeat(300_000) } }] };
    await tx.loadHolons({ files: [{ name: 's', content: stream() }], graph: big });
    expect(daemon.uploads.map(({ fileName, chunk }) => `${fileName}:${chunk.length}`).slice(0, 3)).toEqual(['s:3', ':2', 'graph.json:262144']);
  });

  it('fails with the reason when a file is not there or cannot be read to its end', async () => {
    await expect(tx.loadHolons({ files: ['/nowhere/x.json'] })).rejects.toMatchObject({ code: 'ENOENT' });
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('abc'));
      throw new Error('disk gone');
    };
    const error: unknown = await tx.loadHolons({ files: [{ name: 's', content: broken() }] }).catch((e: unknown) => e);
    expect(error).not.toBeInstanceOf(MapTransportError);
    expect(error).toMatchObject({ message: 'disk gone' });
    expect(daemon.commands).toEqual([]);
  });
});

describe('a mutation', () => {
  it('names its request as told, and by itself otherwise', async () => {
    await tx.undo({ requestId: 'mine' });
    await tx.undo();
    await tx.undo();
    expect(daemon.requestIds[0]).toBe('mine');
    expect(new Set(daemon.requestIds).size).toBe(3);
    for (const id of daemon.requestIds) expect(id).toMatch(/^[ -~]{1,200}$/);
  });

  it('has its id at any place of the options', async () => {
    daemon.answer = () => reference;
    const holon = await tx.newHolon({}, { requestId: '1' });
    daemon.answer = () => ({ success: true });
    await holon.set('Title', 'a', { requestId: '2' });
    await holon.set({ title: 'a' }, { requestId: '3' });
    await holon.remove('Title', { requestId: '4' });
    daemon.answer = () => ({ success: true, body: { result: { case: 'count', value: 1n } } });
    await holon.delete({ requestId: '5' });
    expect(daemon.requestIds).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is sent once more, as the same request, when the connection breaks before the reply', async () => {
    daemon.answer = () => {
      if (daemon.requests.length === 1) daemon.breakConnections();
      return reference;
    };
    await expect(tx.newHolon()).resolves.toBeInstanceOf(Holon);
    expect(daemon.commands).toEqual(['newHolon', 'newHolon']);
    expect(new Set(daemon.requestIds).size).toBe(1);
  });

  it('fails when the connection breaks again', async () => {
    daemon.answer = () => {
      daemon.breakConnections();
      return reference;
    };
    await expect(tx.newHolon()).rejects.toMatchObject({ status: 'UNAVAILABLE' });
    expect(daemon.commands).toEqual(['newHolon', 'newHolon']);
  });

  it.each(['commit', 'rollback'] as const)('is not repeated when it is a %s', async (end) => {
    daemon.answer = () => {
      daemon.breakConnections();
      return commit;
    };
    await expect(tx[end]()).rejects.toMatchObject({ status: 'UNAVAILABLE' });
    expect(daemon.commands).toEqual([end]);
  });

  it('is not repeated when it was refused or canceled', async () => {
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.NOTHING_TO_UNDO, message: 'No.' }] });
    await expect(tx.undo()).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
    const abort = new AbortController();
    daemon.answer = () => {
      abort.abort();
      return { success: true };
    };
    await expect(tx.undo({ signal: abort.signal })).rejects.toMatchObject({ status: 'CANCELED' });
    expect(daemon.commands).toEqual(['undo', 'undo']);
  });
});

describe('a watch of a transaction', () => {
  const open = { transaction: { status: TransactionStatus.OPEN, staged: 2n } };

  /** Tells this, and then nothing more until the client leaves. */
  function tell(...told: News[]): Promise<void> {
    return new Promise((left) => {
      daemon.news = async function* news({ signal }) {
        yield* told;
        await new Promise((resolve) => { signal.addEventListener('abort', resolve); });
        left();
      };
    });
  }

  it('tells all until the transaction has ended', async () => {
    const told: News[] = [
      open,
      { ...open, progress: { step: 'staging', done: 1_000n, total: 5_000n } },
      { transaction: { status: TransactionStatus.COMMITTING, staged: 2n }, progress: { step: 'writing' } },
      { transaction: { status: TransactionStatus.COMMITTED, commitNumber: 7n } },
    ];
    daemon.news = () => Readable.from(told);
    const news = [];
    for await (const each of tx.watch()) news.push(each);
    expect(news).toEqual([
      { status: 'OPEN', staged: 2 },
      { status: 'OPEN', staged: 2, progress: { step: 'staging', done: 1_000, total: 5_000 } },
      { status: 'COMMITTING', staged: 2, progress: { step: 'writing', done: 0 } },
      { status: 'COMMITTED', staged: 0, commitNumber: 7 },
    ]);
  });

  it('ends with the loop, and without an error with the signal', async () => {
    let left = tell(open);
    for await (const { status } of tx.watch()) {
      expect(status).toBe('OPEN');
      break;
    }
    await left;
    left = tell(open);
    const abort = new AbortController();
    const watch = tx.watch({ signal: abort.signal });
    await watch.next();
    const next = watch.next();
    abort.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await left;
  });

  it('fails when the connection breaks', async () => {
    void tell(open);
    const watch = tx.watch();
    await watch.next();
    const next = watch.next();
    daemon.breakConnections();
    await expect(next).rejects.toMatchObject({ status: 'UNAVAILABLE' });
  });
});
