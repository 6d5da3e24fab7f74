import type { MapClient, Space, TransactionNews } from '@map/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Daemon, spaceWithNotes } from './daemon.js';

const HOLONS = 100_000;

let daemon: Daemon;
let client: MapClient;
let other: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  other = await daemon.connect('tcp');
  space = await spaceWithNotes(client, 'large');
});
afterAll(async () => {
  client.close();
  other.close();
  await daemon[Symbol.asyncDispose]();
});

it('shows another client how far a large load and its commit are', async () => {
  const tx = await space.begin({ label: 'many notes' });
  const watched = await (await other.spaces.get('large')).resume(tx.id);
  const watch = watched.watch();
  expect((await watch.next()).value).toEqual({ status: 'OPEN', staged: 0 });
  const news: TransactionNews[] = [];
  const watching = (async () => { for await (const each of watch) news.push(each); })();

  const holons = Array.from({ length: HOLONS }, (_, index) => ({ key: `note ${index}`, type: 'Note.HolonType', properties: { Title: `${index}` } }));
  const receipt = await tx.loadHolons({ graph: { holons } });
  expect(receipt).toMatchObject({ holons: HOLONS, updated: 0 });
  const { commitNumber, savedCount } = await tx.commit();
  expect(savedCount).toBe(HOLONS);
  await watching;

  expect(news.at(-1)).toMatchObject({ status: 'COMMITTED', commitNumber });
  const loading = news.filter(({ status, progress }) => status === 'OPEN' && progress?.total === HOLONS);
  expect(loading.some(({ progress }) => (progress?.done ?? 0) > 0 && (progress?.done ?? 0) < HOLONS)).toBe(true);
  for (const step of new Set(loading.map(({ progress }) => progress?.step))) {
    const done = loading.filter(({ progress }) => progress?.step === step).map(({ progress }) => progress?.done ?? 0);
    expect(done, step).toEqual(done.toSorted((a, b) => a - b));
  }
  expect(news.some(({ status, progress }) => status === 'COMMITTING' && progress !== undefined)).toBe(true);

  // Of one that has ended, the end alone is told.
  const after = [];
  for await (const each of watched.watch()) after.push(each);
  expect(after).toMatchObject([{ status: 'COMMITTED', commitNumber }]);
});
