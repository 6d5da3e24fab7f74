import { MapTransportError, type MapClient, type MapError, type Space, type WatchedCommit } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';

let daemon: Daemon;
let client: MapClient;
let other: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  other = await daemon.connect('tcp');
  space = await spaceWithNotes(client, 'watched');
});
afterAll(async () => {
  client.close();
  other.close();
  await daemon[Symbol.asyncDispose]();
});

/** Commits a note and returns the number of the commit. */
async function save(key: string, where = space, label = ''): Promise<number> {
  const tx = await where.begin({ label });
  await stageNote(tx, key);
  return (await tx.commit()).commitNumber;
}

/** The next commits of a watch. */
async function take(commits: AsyncGenerator<WatchedCommit, void, undefined>, count: number): Promise<WatchedCommit[]> {
  const taken: WatchedCommit[] = [];
  while (taken.length < count) {
    const { value, done } = await commits.next();
    if (done) throw new Error(`The watch ended after ${taken.length} commits.`);
    taken.push(value);
  }
  return taken;
}

/** Takes from a watch and leaves it. */
async function takeOnly(commits: AsyncGenerator<WatchedCommit, void, undefined>, count: number): Promise<WatchedCommit[]> {
  const taken = await take(commits, count);
  await commits.return();
  return taken;
}

async function watchers(count: number): Promise<void> {
  await vi.waitUntil(async () => (await space.describe()).watchers === count, { timeout: 60_000 });
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe('a watch', () => {
  it('tells who changed what, from any commit on', async () => {
    const { lastCommit } = await space.describe();
    const first = await space.begin({ label: 'two notes' });
    const [one, two] = [await stageNote(first, 'one'), await stageNote(first, 'two')];
    await one.add('Cites', two);
    const [oneId, twoId] = [await one.id(), await two.id()];
    const created = (await first.commit()).commitNumber;
    const second = await space.begin({ label: 'on second thought' });
    await (await (await second.getByKey('one')).stageNewVersion()).set('Title', 'changed');
    await second.deleteHolon(await second.getByKey('two'));
    await second.commit();

    const [made, changed] = await takeOnly(space.watch({ after: lastCommit }), 2);
    expect(made).toMatchObject({ number: created, label: 'two notes', transactionId: first.id });
    expect(Math.abs(Date.now() - (made?.committedAt.getTime() ?? 0))).toBeLessThan(600_000);
    expect(made?.holons).toEqual([{ id: oneId, kind: 'CREATED', version: 1 }, { id: twoId, kind: 'CREATED', version: 1 }]);
    expect(made?.links).toMatchObject([{ kind: 'ADDED', source: oneId, target: twoId, relationship: 'Cites' }]);
    await using later = await space.begin();
    const type = await later.getById(made?.links[0]?.relationshipType ?? '');
    expect(await type.get('TypeName')).toBe('Cites');
    expect(changed?.holons).toEqual([{ id: oneId, kind: 'UPDATED', version: 2 }, { id: twoId, kind: 'DELETED', version: 2 }]);
    expect(changed?.links).toMatchObject([{ kind: 'REMOVED', relationship: 'Cites' }]);
  });

  it('tells each commit once and in order, and a large one whole, while others commit', { timeout: 60_000 }, async () => {
    const { lastCommit } = await space.describe();
    const sameSpace = await other.spaces.get('watched');
    const watches = [space.watch({ after: lastCommit }), sameSpace.watch({ after: lastCommit })].map((watch) => takeOnly(watch, 41));
    const holons = range(0, 5_000).map((index) => ({ key: `many ${index}`, type: 'Note.HolonType', properties: {} }));
    const load = async (): Promise<void> => {
      const tx = await sameSpace.begin({ label: 'many' });
      await tx.loadHolons({ graph: { holons } });
      await tx.commit();
    };
    const writers = range(0, 4).map(async (writer) => {
      for (const index of range(0, 10)) await save(`writer ${writer}.${index}`, writer % 2 === 0 ? space : sameSpace);
    });
    await Promise.all([...writers, load()]);
    for (const commits of await Promise.all(watches)) {
      expect(commits.map(({ number }) => number)).toEqual(range(lastCommit + 1, 41));
      const ids = commits.flatMap((commit) => commit.holons.map(({ id }) => id.toString()));
      expect([ids.length, new Set(ids).size]).toEqual([5_040, 5_040]);
      expect(commits.find(({ label }) => label === 'many')?.holons).toHaveLength(5_000);
    }
  });

  it('goes on by itself after the daemon was restarted', { timeout: 60_000 }, async () => {
    const { lastCommit } = await space.describe();
    const interruptions: MapError[] = [];
    const watch = space.watch({ after: lastCommit, onInterruption: (cause) => { interruptions.push(cause); } });
    const before = await save('before the restart');
    expect((await take(watch, 1)).map(({ number }) => number)).toEqual([before]);
    // Reads while the daemon is away, too.
    const rest = takeOnly(watch, 3);
    expect(await daemon.restart()).toBe(0);
    for (const index of range(0, 3)) await save(`after the restart ${index}`);
    expect((await rest).map(({ number }) => number)).toEqual(range(before + 1, 3));
    expect(interruptions[0]).toBeInstanceOf(MapTransportError);
    expect(interruptions[0]?.message).toContain(`The daemon is stopping. Watch again after commit ${before}.`);
    other.close();
    other = await daemon.connect('tcp');
  });

  it('loses nothing when its loop is slower than the daemon waits', { timeout: 120_000 }, async () => {
    const { lastCommit } = await space.describe();
    const interruptions: MapError[] = [];
    const watch = space.watch({ after: lastCommit, onInterruption: (cause) => { interruptions.push(cause); } });
    const loaded = 12;
    const seen = await Promise.all([take(watch, 1), save('first')]).then(([commits]) => commits);
    // More than the connection holds, of which the loop takes nothing until the daemon has given up.
    for (const round of range(0, loaded)) {
      const holons = range(0, 3_000).map((index) => ({ key: `round ${round}.${index}`, type: 'Note.HolonType', properties: {} }));
      const tx = await space.begin({ label: `round ${round}` });
      await tx.loadHolons({ graph: { holons } });
      await tx.commit();
    }
    await watchers(0);
    seen.push(...await takeOnly(watch, loaded));
    expect(seen.map(({ number }) => number)).toEqual(range(lastCommit + 1, loaded + 1));
    expect(seen.slice(1).map(({ holons }) => holons.length)).toEqual(range(0, loaded).map(() => 3_000));
    expect(interruptions.map((cause) => (cause as { code?: string }).code)).toEqual(['WATCH_TOO_SLOW']);
    expect(interruptions[0]?.message).toMatch(/^The client did not read for 10 s\. Watch again after commit \d+\.$/);
  });

  it('ends without an error when it is aborted, also while it waits', async () => {
    const abort = new AbortController();
    const watch = space.watch({ signal: abort.signal });
    const number = save('seen');
    const first = await watch.next();
    expect(first.done).toBe(false);
    await number;
    const waiting = watch.next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    const left = space.watch({ after: 0 });
    for await (const commit of left) {
      expect(commit.number).toBe(1);
      break;
    }
    expect((await left.next()).done).toBe(true);
    await watchers(0);
  });

  it('is refused where there is nothing to watch', async () => {
    const { lastCommit } = await space.describe();
    const error = await failure(space.watch({ after: lastCommit + 1 }).next());
    expect(error).toMatchObject({ name: 'LookupError', code: 'COMMIT_NOT_FOUND', field: 'after_commit' });
    expect((error as Error).message).toBe(`The space "watched" has no commit ${lastCommit + 1}; its last is ${lastCommit}.`);
  });

  it('fails when its client is closed', async () => {
    const short = await daemon.connect('socket');
    const { lastCommit } = await space.describe();
    const watch = (await short.spaces.get('watched')).watch({ after: lastCommit - 1 });
    expect((await watch.next()).done).toBe(false);
    const waiting = failure(watch.next());
    short.close();
    expect(await waiting).toMatchObject({ name: 'MapTransportError', status: 'CLOSED' });
    await watchers(0);
  });
});
