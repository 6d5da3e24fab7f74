import { Code, ConnectError } from '@connectrpc/connect';
import {
  CapacityError, CommitError, DaemonError, LoaderError, LookupError, MapClient, MapDomainError, MapTransportError,
  TransactionError, ValueError, type ErrorCode, type Holon,
} from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode as WireCode, HolonErrorSchema } from '../src/gen/map/v1/errors_pb.js';
import { FakeDaemon, staged, TRANSACTION_ID } from './fake-daemon.js';

// The public codes are written out by hand; a code missing on either side fails to compile.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
export const codesAreComplete: Same<ErrorCode, keyof typeof WireCode> = true;

let daemon: FakeDaemon;
let client: MapClient;
beforeAll(async () => {
  daemon = await FakeDaemon.start();
  client = await MapClient.connect({ socket: daemon.socket });
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

async function begin() {
  const [space] = await client.spaces.list();
  if (!space) throw new Error('the fake has a space');
  return space.begin({ label: 'test' });
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => { throw new Error('it should have failed'); }, (error: unknown) => error);
}

describe('a failed command', () => {
  it('is an error of its family with everything that the daemon said', async () => {
    daemon.answer = () => ({
      success: false,
      errors: [
        {
          code: WireCode.CONFLICT, message: 'Changed by commit 9.', field: 'Title', retryable: true,
          subject: { case: 'reference', value: staged(3) },
          details: { conflictingCommit: 9n, limit: 5n, rule: 'ValueKind', place: { file: 'a.json', line: 2, column: 3 }, candidates: [staged(4)] },
        },
        { code: WireCode.CARDINALITY, message: 'Too many.', subject: { case: 'key', value: 'Emma' } },
      ],
    });
    const error = await failure((await begin()).commit());
    expect(error).toBeInstanceOf(CommitError);
    expect(error).toBeInstanceOf(MapDomainError);
    expect(error).toMatchObject({
      name: 'CommitError', code: 'CONFLICT', message: 'Changed by commit 9.\n  - Too many.', field: 'Title', retryable: true,
      details: { conflictingCommit: 9, limit: 5, rule: 'ValueKind', place: { file: 'a.json', line: 2, column: 3 } },
      errors: [{ code: 'CONFLICT', message: 'Changed by commit 9.' }, { code: 'CARDINALITY', subject: 'Emma', retryable: false, details: {} }],
    });
    expect(String((error as CommitError).subject)).toBe('staged holon 03030303-0303-0303-0303-030303030303');
    expect((error as CommitError).details.candidates).toHaveLength(1);
  });

  it('tells in its message the first few of many problems, and how many more there are', async () => {
    const problems = Array.from({ length: 9 }, (_, index) => ({ code: WireCode.CARDINALITY, message: `Problem ${index + 1}.` }));
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.VALIDATION_FAILED, message: 'Nothing was saved.' }, ...problems] });
    const error = await failure((await begin()).commit()) as CommitError;
    expect(error.message).toBe([
      'Nothing was saved.', '  - Problem 1.', '  - Problem 2.', '  - Problem 3.', '  - Problem 4.', '  - Problem 5.', '  - and 4 more, in errors',
    ].join('\n'));
    expect(error.errors).toHaveLength(10);
  });

  it.each([
    [WireCode.TRANSACTION_COMMITTED, TransactionError], [WireCode.KEY_NOT_FOUND, LookupError],
    [WireCode.INVALID_REQUEST, ValueError], [WireCode.IMPORT_SYNTAX, LoaderError],
    [WireCode.TOO_LARGE, CapacityError], [WireCode.INTERNAL, DaemonError],
  ])('of code %s is of the class of its family', async (code, family) => {
    daemon.answer = () => ({ success: false, errors: [{ code, message: 'No.' }] });
    expect(await failure((await begin()).undo())).toBeInstanceOf(family);
  });

  it('keeps the message of a code that this SDK does not know', async () => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- enums of the wire are open
    daemon.answer = () => ({ success: false, errors: [{ code: 499 as number, message: 'Something new.' }] });
    const error = await failure((await begin()).commit());
    expect(error).toBeInstanceOf(CommitError);
    expect(error).toMatchObject({ code: 'UNSPECIFIED', message: 'Something new.' });
  });

  it('without a reason, or with an answer of the wrong kind, says that the two do not fit', async () => {
    daemon.answer = () => ({ success: false });
    expect(await failure((await begin()).undo())).toMatchObject({ status: 'UNEXPECTED_ANSWER' });
    daemon.answer = () => ({ success: true, body: { result: { case: 'text', value: 'hello' } } });
    expect(await failure((await begin()).stagedCount())).toMatchObject({ status: 'UNEXPECTED_ANSWER' });
  });
});

describe('warnings', () => {
  it('come with results, and to whoever listens', async () => {
    daemon.answer = () => ({
      success: true,
      body: { result: { case: 'commit', value: { commitNumber: 8n, saved: [TRANSACTION_ID] } } },
      errors: [{ code: WireCode.CARDINALITY, message: 'Too few.' }],
    });
    const heard: string[] = [];
    const receipt = await (await begin()).commit({ onWarning: ({ message }) => heard.push(message) });
    expect(receipt).toMatchObject({ commitNumber: 8, warnings: [{ code: 'CARDINALITY', message: 'Too few.' }] });
    expect(receipt.saved.map(String)).toEqual(['01010101-0101-0101-0101-010101010101/02020202-0202-0202-0202-020202020202']);
    expect(heard).toEqual(['Too few.']);
  });
});

describe('a failed call', () => {
  it('with a HolonError in its status details is a domain error', async () => {
    daemon.onList = () => {
      const value = { code: WireCode.SPACE_EXISTS, message: 'There is one.', subject: { case: 'key' as const, value: 'demo' } };
      throw new ConnectError('There is one.', Code.AlreadyExists, undefined, [{ desc: HolonErrorSchema, value }]);
    };
    const error = await failure(client.spaces.list());
    daemon.onList = () => undefined;
    expect(error).toBeInstanceOf(LookupError);
    expect(error).toMatchObject({ code: 'SPACE_EXISTS', message: 'There is one.', subject: 'demo' });
  });

  it('without one is a transport error that names status and daemon', async () => {
    daemon.onList = () => { throw new ConnectError('too much', Code.ResourceExhausted); };
    const error = await failure(client.spaces.list());
    daemon.onList = () => undefined;
    expect(error).toBeInstanceOf(MapTransportError);
    expect(error).toMatchObject({ status: 'RESOURCE_EXHAUSTED', name: 'MapTransportError' });
    expect((error as Error).message).toContain('too much');
  });

  it('by its signal or its timeout says so', async () => {
    daemon.answer = () => new Promise(() => undefined);
    const tx = await begin();
    expect(await failure(tx.stagedCount({ timeoutMs: 30 }))).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    const stop = new AbortController();
    const call = failure(tx.stagedCount({ signal: stop.signal }));
    stop.abort();
    expect(await call).toMatchObject({ status: 'CANCELED' });
  });

  it('by the options of the client or of a handle says so, too', async () => {
    daemon.answer = () => ({ success: true, body: { result: { case: 'reference', value: staged(1) } } });
    const slow = await MapClient.connect({ socket: daemon.socket, timeoutMs: 200 });
    const [space] = await slow.spaces.list();
    const holon: Holon | undefined = await (await space?.begin())?.getByKey('x');
    daemon.answer = () => new Promise(() => undefined);
    expect(await failure(holon?.key() ?? Promise.resolve())).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    const stopped = holon?.with({ signal: AbortSignal.abort() });
    expect(await failure(stopped?.add('Cites', stopped) ?? Promise.resolve())).toMatchObject({ status: 'CANCELED' });
    slow.close();
    expect(await failure(slow.spaces.list())).toMatchObject({ status: 'CLOSED' });
  });
});
