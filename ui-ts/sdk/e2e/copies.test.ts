import { CapacityError, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
let tx: MapTransaction;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await spaceWithNotes(client, 'copies');
  await using first = await space.begin();
  const notes = [await stageNote(first, 'a'), await stageNote(first, 'b'), await stageNote(first, 'c')];
  await (await stageNote(first, 'source')).add('Cites', ...notes.reverse());
  await first.commit();
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tx = await space.begin();
  return () => tx.rollback();
});

const cited = async (holon: Awaited<ReturnType<typeof stageNote>>): Promise<(string | undefined)[]> => {
  const keys = [];
  for await (const { key } of holon.related('Cites').entries()) keys.push(key);
  return keys;
};

describe('copies', () => {
  it('are transient, or staged under another key or none', async () => {
    const source = await tx.getByKey('source');
    const clone = await source.clone();
    expect(await clone.content()).toMatchObject({ phase: 'TRANSIENT', key: 'source', properties: { Title: 'The note source' } });
    expect(await cited(clone)).toEqual(['c', 'b', 'a']);
    const staged = await tx.stageNewFromClone(clone, 'copy');
    expect(await staged.content()).toMatchObject({ phase: 'STAGED_FOR_CREATE', key: 'copy', version: 0 });
    expect(await cited(staged)).toEqual(['c', 'b', 'a']);
    expect(await (await source.stageNewFromClone()).key()).toBeUndefined();
    expect(await cited(await tx.cloneHolon(staged))).toEqual(['c', 'b', 'a']);
    expect([await tx.stagedCount(), await tx.transientCount()]).toEqual([2, 2]);
  });
});

describe('drafts', () => {
  it('are found by key and by versioned key', async () => {
    const staged = await (await tx.getByKey('a')).stageNewVersion();
    expect(await tx.stagedByBaseKey('a').toArray()).toEqual([staged]);
    expect((await tx.stagedByVersionedKey('a__1')).equals(staged)).toBe(true);
    expect(await failure(tx.stagedByVersionedKey('a__2'))).toMatchObject({ name: 'LookupError', code: 'KEY_NOT_FOUND' });
    const [one, two] = [await tx.newHolon({ key: 'draft' }), await tx.newHolon({ key: 'draft' })];
    expect((await tx.transientByBaseKey('draft', { pageSize: 1 }).toArray()).map(String)).toEqual([String(one), String(two)]);
    const ambiguous = await failure(tx.transientByVersionedKey('draft__0')) as { details: { candidates: unknown[] } };
    expect(ambiguous).toMatchObject({ code: 'AMBIGUOUS_KEY' });
    expect(ambiguous.details.candidates).toHaveLength(2);
    await tx.undo();
    expect((await tx.transientByVersionedKey('draft__0')).equals(one)).toBe(true);
  });
});

describe('relationships', () => {
  it('come all at once, with counts and first members', async () => {
    const source = await tx.getByKey('source');
    const all = await source.allRelated(2);
    const cites = all.find(({ name }) => name === 'Cites');
    expect(cites).toMatchObject({ inverse: false, count: 3 });
    expect(cites?.members.map(({ key }) => key)).toEqual(['c', 'b']);
    expect(await cites?.members[0]?.holon.get('Title')).toBe('The note c');
    expect(all.map(({ name }) => name)).toEqual(['Cites', 'DescribedBy', 'OwnedBy']);
    expect((await (await tx.getByKey('a')).allRelated()).find(({ name }) => name === 'CitedBy'))
      .toEqual({ name: 'CitedBy', inverse: true, count: 1, members: [] });
    const error = await failure(source.allRelated(101));
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toMatchObject({ code: 'TOO_LARGE', details: { limit: 100 } });
  });

  it('are counted in the sentence that tells of a holon', async () => {
    expect(await (await tx.getByKey('source')).summarize())
      .toBe('The holon "source" of type "Note.HolonType" is saved as version 1, with 2 properties and 3 relationships.');
  });
});
