import { CommitError, Holon, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
let run = 0;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
});
beforeEach(async () => {
  run += 1;
  space = await spaceWithNotes(client, `refresh ${run}`);
  const tx = await space.begin();
  for (const key of ['one', 'two', 'three']) await stageNote(tx, key, 'original');
  await tx.commit();
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

async function retitle(tx: MapTransaction, key: string, title: string): Promise<Holon> {
  const staged = await (await tx.getByKey(key)).stageNewVersion();
  await staged.set('Title', title);
  return staged;
}

async function titles(tx: MapTransaction): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { holon, key = '' } of tx.getAll({ type: await tx.getByKey('Note.HolonType') }).entries()) found[key] = await holon.get('Title');
  return found;
}

describe('a commit that met conflicts', () => {
  it('is mended by a refresh that says what to keep of each, and then succeeds', async () => {
    const mine = await space.begin({ label: 'mine' });
    const [one, two, three] = [await retitle(mine, 'one', 'mine'), await retitle(mine, 'two', 'mine'), await retitle(mine, 'three', 'mine')];
    await stageNote(mine, 'fresh');
    const theirs = await space.begin({ label: 'theirs' });
    await retitle(theirs, 'one', 'theirs');
    await retitle(theirs, 'two', 'theirs');
    await theirs.deleteHolon(await theirs.getByKey('three'));
    const { commitNumber } = await theirs.commit();

    expect(await failure(mine.commit())).toMatchObject({ name: 'CommitError', code: 'CONFLICT' });
    const error = await failure(mine.refresh({ mine: [one] }));
    if (!(error instanceof CommitError)) throw error as Error;
    expect(error.errors.map(({ code, message }) => [code, message])).toEqual([
      ['CONFLICT', `"two" was changed by commit ${commitNumber}, after this transaction read it. Choose mine or theirs.`],
      ['CONFLICT', `"three" was deleted by commit ${commitNumber}. Only theirs can be kept, which drops what is staged of it.`],
    ]);
    expect(error.errors.map(({ details }) => details.conflictingCommit)).toEqual([commitNumber, commitNumber]);
    const undecided = error.errors.flatMap(({ subject }) => (subject instanceof Holon ? [subject] : []));
    expect(undecided.map((holon, index) => holon.equals([two, three][index] ?? one))).toEqual([true, true]);
    expect(await titles(mine)).toEqual({ one: 'mine', two: 'mine', three: 'mine', fresh: 'The note fresh' });

    await mine.refresh({ mine: [one], theirs: undecided });
    expect(await titles(mine)).toEqual({ one: 'mine', two: 'theirs', fresh: 'The note fresh' });
    await mine.undo();
    expect(await titles(mine)).toEqual({ one: 'mine', two: 'mine', three: 'mine', fresh: 'The note fresh' });
    await mine.redo();
    await mine.commit();
    await using later = await space.begin();
    expect(await titles(later)).toEqual({ one: 'mine', two: 'theirs', fresh: 'The note fresh' });
    expect((await (await later.getByKey('one')).content()).version).toBe(3);
  });

  it('refuses a page token from before the refresh with its own error', async () => {
    await using mine = await space.begin();
    const notes = mine.getAll({ type: await mine.getByKey('Note.HolonType') });
    const { nextToken } = await notes.page({ size: 1 });
    const theirs = await space.begin();
    await stageNote(theirs, 'four');
    await theirs.commit();
    await mine.refresh();
    expect(await failure(notes.page({ token: nextToken }))).toMatchObject({ name: 'ValueError', code: 'OUTDATED_PAGE_TOKEN' });
    expect(await notes.toArray()).toHaveLength(4);
  });
});

describe('the past', () => {
  it('is read version by version and as of any commit', async () => {
    const commits: number[] = [];
    for (const title of ['second', 'third', 'fourth']) {
      const tx = await space.begin();
      await retitle(tx, 'one', title);
      commits.push((await tx.commit()).commitNumber);
    }
    await using now = await space.begin();
    const one = await now.getByKey('one');
    const versions = await one.history({ pageSize: 3 }).toArray();
    expect(await Promise.all(versions.map(async (version) => version.get('Title')))).toEqual(['fourth', 'third', 'second', 'original']);
    expect(await Promise.all(versions.map(async (version) => version.versionedKey()))).toEqual(['one__4', 'one__3', 'one__2', 'one__1']);
    expect(await (await one.predecessor())?.get('Title')).toBe('third');
    expect(await versions[3]?.predecessor()).toBeUndefined();
    const third = await now.getById(await one.id(), { version: 3 });
    expect(await third.get('Title')).toBe('third');

    await using past = await space.begin({ snapshot: commits[0] });
    expect(past.snapshot).toBe(commits[0]);
    expect(await (await past.getByKey('one')).get('Title')).toBe('second');
    expect(await (await past.getByKey('one')).history().toArray()).toHaveLength(2);
    await retitle(past, 'one', 'too late');
    expect(await failure(past.commit())).toMatchObject({ code: 'CONFLICT', details: { conflictingCommit: commits[2] } });

    const { lastCommit } = await space.describe();
    const error = await failure(space.begin({ snapshot: lastCommit + 1 }));
    expect(error).toMatchObject({ name: 'LookupError', code: 'COMMIT_NOT_FOUND', field: 'snapshot' });
  });

  it('has no versions of what was never saved', async () => {
    await using tx = await space.begin();
    const scratch = await tx.newHolon({ key: 'scratch' });
    expect(await failure(scratch.history().toArray())).toMatchObject({ code: 'WRONG_REFERENCE_KIND' });
    expect(await scratch.predecessor()).toBeUndefined();
    expect(await (await stageNote(tx, 'new')).history().toArray()).toEqual([]);
  });
});
