import { CommitError, Holon, type MapClient, type MapProblem, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';

let daemon: Daemon;
let client: MapClient;
let other: MapClient;
let space: Space;
let sameSpace: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  other = await daemon.connect('tcp');
  space = await spaceWithNotes(client, 'isolation');
  sameSpace = await other.spaces.get('isolation');
  await using tx = await space.begin();
  for (const key of ['shared', 'read', 'mine', 'yours', 'doomed']) await stageNote(tx, key, 'original');
  await tx.commit();
});
afterAll(async () => {
  client.close();
  other.close();
  await daemon[Symbol.asyncDispose]();
});

/** Changes the title of a saved note. */
async function retitle(tx: Awaited<ReturnType<Space['begin']>>, key: string, title: string): Promise<void> {
  await (await (await tx.getByKey(key)).stageNewVersion()).set('Title', title);
}

/** The key of what a problem is about, however it names it. */
async function subjectKey({ subject }: MapProblem): Promise<string | undefined> {
  return subject instanceof Holon ? subject.key() : subject;
}

describe('a transaction', () => {
  it('sees nothing of what another has staged, and what it commits only from a new beginning', async () => {
    const writer = await space.begin();
    await using reader = await sameSpace.begin();
    await stageNote(writer, 'fresh');
    await retitle(writer, 'read', 'changed');
    const expectOld = async (): Promise<void> => {
      expect(await failure(reader.getByKey('fresh'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
      expect(await (await reader.getByKey('read')).get('Title')).toBe('original');
      expect(await reader.stagedCount()).toBe(0);
    };
    await expectOld();
    const { commitNumber } = await writer.commit();
    await expectOld();
    await using later = await sameSpace.begin();
    expect(later.snapshot).toBe(commitNumber);
    expect(await (await later.getByKey('fresh')).key()).toBe('fresh');
    expect(await (await later.getByKey('read')).get('Title')).toBe('changed');
  });

  it('that changes what another has changed meanwhile is told which holon and by which commit', async () => {
    const first = await space.begin();
    await using second = await sameSpace.begin();
    await retitle(first, 'shared', 'first');
    await retitle(second, 'shared', 'second');
    const { commitNumber } = await first.commit();
    const error = await failure(second.commit());
    expect(error).toBeInstanceOf(CommitError);
    const conflict = (error as CommitError).errors.find(({ code }) => code === 'CONFLICT');
    if (!conflict) throw new Error(`no conflict in ${String(error)}`);
    expect(await subjectKey(conflict)).toBe('shared');
    expect(conflict.details.conflictingCommit).toBe(commitNumber);
    expect(await second.stagedCount()).toBe(1);
    expect(await sameSpace.transactionStatus(second.id)).toMatchObject({ status: 'OPEN' });
    await using later = await space.begin();
    expect(await (await later.getByKey('shared')).get('Title')).toBe('first');
  });

  it('that changes what another has deleted meanwhile conflicts', async () => {
    const first = await space.begin();
    await using second = await sameSpace.begin();
    await first.deleteHolon(await first.getByKey('doomed'));
    await retitle(second, 'doomed', 'too late');
    await first.commit();
    const error = await failure(second.commit());
    expect((error as CommitError).errors.map(({ code }) => code)).toContain('CONFLICT');
  });

  it('that takes a key that another has taken meanwhile does not commit', async () => {
    const first = await space.begin();
    await using second = await sameSpace.begin();
    await stageNote(first, 'only one');
    await stageNote(second, 'only one');
    await first.commit();
    const error = await failure(second.commit());
    expect(error).toBeInstanceOf(CommitError);
    expect(['CONFLICT', 'DUPLICATE_KEY']).toContain((error as CommitError).code);
  });

  it('that changes other holons commits beside it', async () => {
    const first = await space.begin();
    const second = await sameSpace.begin();
    await retitle(first, 'mine', 'mine, changed');
    await retitle(second, 'yours', 'yours, changed');
    const one = await first.commit();
    const two = await second.commit();
    expect(two.commitNumber).toBeGreaterThan(one.commitNumber);
    await using later = await space.begin();
    expect(await (await later.getByKey('mine')).get('Title')).toBe('mine, changed');
    expect(await (await later.getByKey('yours')).get('Title')).toBe('yours, changed');
  });
});
