// How an export comes, on the client's side.
import { Readable } from 'node:stream';
import { MapClient, query, ValueError, type MapTransaction, type WorkProgress } from '@map/sdk';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode as WireCode, HolonErrorSchema } from '../src/gen/map/v1/errors_pb.js';
import type { ExportRequest } from '../src/gen/map/v1/map_spaces_pb.js';
import { FakeDaemon, TRANSACTION_ID, type ExportPart } from './fake-daemon.js';

let daemon: FakeDaemon;
let client: MapClient;
let tx: MapTransaction;
beforeAll(async () => {
  daemon = await FakeDaemon.start();
  client = await MapClient.connect({ address: daemon.address, token: 'secret', timeoutMs: 20_000 });
  const [space] = await client.spaces.list();
  if (!space) throw new Error('the fake has a space');
  tx = await space.begin({ label: 'test' });
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const chunk = (text: string): ExportPart => ({ chunk: new TextEncoder().encode(text) });
const end: ExportPart = { chunk: new TextEncoder().encode(']'), summary: { holons: 3n, links: 2n, outsideLinks: 1n, changedCoreHolons: 4n } };
const textOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += Buffer.from(piece).toString();
  return text;
};

describe('an export', () => {
  it('comes in pieces, with its progress, and its summary at the end', async () => {
    const asked: ExportRequest[] = [];
    daemon.file = (request) => {
      asked.push(request);
      return Readable.from([chunk('[1'), { progress: { step: 'holons', done: 1n, total: 3n } }, chunk(',2'), end]);
    };
    const progress: WorkProgress[] = [];
    const file = tx.export({ selection: query.from('Book'), closed: true, coreSchema: true, onProgress: (each) => progress.push(each) });
    expect([asked.length, file.summary]).toEqual([0, undefined]);
    expect(await textOf(file)).toBe('[1,2]');
    expect(file.summary).toEqual({ holons: 3, links: 2, outsideLinks: 1, changedCoreHolons: 4 });
    expect(progress).toEqual([{ step: 'holons', done: 1, total: 3 }]);
    expect(asked[0]).toMatchObject({ transactionId: TRANSACTION_ID, closed: true, withCoreSchema: true });
    expect(asked[0]?.selection?.seeds[0]?.seed.case).toBe('list');
    await textOf(tx.export());
    expect(asked[1]).toMatchObject({ closed: false, withCoreSchema: false });
    expect(asked[1]?.selection).toBeUndefined();
  });

  it('fails when it ends before its end', async () => {
    daemon.file = () => Readable.from([chunk('[1')]);
    const file = tx.export();
    await expect(textOf(file)).rejects.toMatchObject({ name: 'MapTransportError', status: 'UNEXPECTED_ANSWER' });
    expect(file.summary).toBeUndefined();
  });

  it('fails when it is canceled, and the daemon learns of that', async () => {
    let learned: Promise<unknown> | undefined;
    const endless = (signal: AbortSignal) => async function* () {
      learned = new Promise((resolve) => { signal.addEventListener('abort', resolve); });
      for (;;) yield await Promise.resolve(chunk('1'));
    };
    daemon.file = (_, { signal }) => endless(signal)();
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const piece of tx.export({ signal: controller.signal })) if (piece.length > 0) controller.abort();
    };
    await expect(read()).rejects.toMatchObject({ name: 'MapTransportError', status: 'CANCELED' });
    await learned;
    for await (const piece of tx.export()) if (piece.length > 0) break;
    await learned;
  });

  it('tells the place of a mistake in its selection', async () => {
    expect(() => tx.export({ selection: { from: 'Book', limt: 1 } as never })).toThrow('selection.limt: no such field; did you mean limit?');
    const wrong = { code: WireCode.INVALID_REQUEST, message: '"selection.order_by" says nothing; leave it out.', field: 'selection.order_by' };
    daemon.file = () => { throw new ConnectError('no', Code.InvalidArgument, undefined, [{ desc: HolonErrorSchema, value: wrong }]); };
    const failure = await textOf(tx.export({ selection: query.from('Book').orderBy('Title') })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ValueError);
    expect(failure).toMatchObject({ field: 'selection.orderBy', message: '"selection.orderBy" says nothing; leave it out.' });
  });
});
