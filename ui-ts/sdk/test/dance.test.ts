import type { MessageInitShape } from '@bufbuild/protobuf';
import { MapClient, type MapTransaction } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode as WireCode } from '../src/gen/map/v1/errors_pb.js';
import type { DanceResultSchema } from '../src/gen/map/v1/mutations_pb.js';
import { FakeDaemon, staged } from './fake-daemon.js';

type DanceResponse = NonNullable<MessageInitShape<typeof DanceResultSchema>['response']>;

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
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

describe('a holon', () => {
  it('runs dances, and answers what they answer', async () => {
    daemon.answer = () => ({ success: true, body: { result: { case: 'reference', value: staged(1) } } });
    const book = await tx.getByKey('Emma');
    daemon.requests.length = 0;
    const answer = (response: DanceResponse) => () =>
      ({ success: true, body: { result: { case: 'dance' as const, value: { response } } } });
    daemon.answer = answer({ case: undefined });
    expect(await book.dance('Wave')).toBeUndefined();
    daemon.answer = answer({ case: 'value', value: { kind: { case: 'integerValue', value: 7n } } });
    expect(await book.dance('Count', { properties: { Depth: 2 } })).toBe(7);
    daemon.answer = answer({ case: 'holon', value: staged(4) });
    expect(String(await book.dance('Copy', book))).toBe('staged holon 04040404-0404-0404-0404-040404040404');
    const sent = daemon.requests.map(({ command }) => command?.intent)
      .map((intent) => (intent?.case === 'mutation' && intent.value.command.case === 'executeDance' ? intent.value.command.value : undefined));
    expect(sent.map((each) => [each?.dance, each?.request.case])).toEqual([['Wave', undefined], ['Count', 'requestContent'], ['Copy', 'requestHolon']]);
    expect(sent.every((each) => each?.holon?.kind.case === 'staged')).toBe(true);

    const details = { guestCode: 'BOOK_IS_LENT', backtrace: ['lend', 'stageLoan'] };
    daemon.answer = () => ({ success: false, errors: [{ code: WireCode.DANCE_FAILED, message: 'It is lent.', details }] });
    await expect(book.dance('Lend')).rejects.toMatchObject({ name: 'DanceError', code: 'DANCE_FAILED', details });
  });
});
