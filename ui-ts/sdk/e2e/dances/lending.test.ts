// Dances of the sample library, run in the daemon's sandbox: what they do, answer and leave behind.
import { Timestamp, type HolonEntry, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { dancingLibraryIn, lend } from './dances.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await dancingLibraryIn(client, 'library');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const keys = (entries: readonly HolonEntry[]): (string | undefined)[] => entries.map(({ key }) => key);

/** The keys of the members of a relationship. */
async function related(tx: MapTransaction, key: string, name: string): Promise<(string | undefined)[]> {
  const members: HolonEntry[] = [];
  for await (const entry of (await tx.getByKey(key)).related(name).entries()) members.push(entry);
  return keys(members);
}

describe('a dance that changes something', () => {
  it('answers what it made, reads what is staged, and is one step', async () => {
    await using tx = await space.begin();
    expect(keys(await (await tx.getByKey('M-005')).availableDances())).toEqual(expect.arrayContaining(['Lend.DanceType', 'SelfTest.DanceType']));
    const loan = await lend(tx, 'M-005', 'Emma');
    expect(await loan.get('LoanNumber')).toBe('L-0009');
    expect(await loan.get('DueAt')).toEqual(new Timestamp(BigInt(Date.parse('2026-06-01T10:00:00Z')) * 1000n));
    expect(await related(tx, 'Emma', 'LoanedAs')).toEqual(['L-0009']);

    expect(await failure(lend(tx, 'M-001', 'Emma'))).toMatchObject({ code: 'DANCE_FAILED', details: { guestCode: 'BOOK_IS_LENT' } });
    await tx.undo();
    expect(await tx.stagedCount()).toBe(0);
    expect(await tx.editStatus()).toMatchObject({ canUndo: false, canRedo: true });
    await tx.redo();
    expect(await related(tx, 'M-005', 'HasLoan')).toEqual(['L-0009']);
  });

  it('is saved by a commit, and goes on from what was saved', async () => {
    await using first = await space.begin();
    await lend(first, 'M-002', 'Persuasion');
    await first.commit();
    await using second = await space.begin();
    const loan = await second.getByKey('L-0009');
    await loan.dance('GiveBack', { properties: { ReturnedAt: new Date('2026-05-05T10:00:00Z') } });
    expect((await related(second, 'M-002', 'HasRead')).at(-1)).toBe('Persuasion');
    await second.commit();
  });
});

describe('a dance that has something to say', () => {
  it('warns beside its answer', async () => {
    await using tx = await space.begin();
    const member = await tx.getByKey('M-005');
    const warnings: string[] = [];
    for (const Title of ['Emma', 'Walden', 'Candide']) {
      const request = { properties: { Title, LentAt: new Date('2026-05-04T10:00:00Z') } };
      await member.dance('Lend', request, { onWarning: ({ code, message }) => warnings.push(`${code}: ${message}`) });
    }
    expect(warnings).toEqual(['DANCE_WARNING: Eve Imaginary has 3 books now, as many as one may.']);
  });
});

describe('a dance that changes nothing', () => {
  it('answers, is no step, and keeps what can be redone', async () => {
    await using tx = await space.begin();
    await lend(tx, 'M-005', 'Emma');
    await tx.undo();
    const before = await tx.editStatus();
    const answer = await (await tx.getByKey('Sea')).dance('Profile');
    const books = new Set<string | undefined>();
    for (const subject of ['Sea', ...await related(tx, 'Sea', 'NarrowerSubject')]) {
      for (const book of await related(tx, subject ?? '', 'SubjectOf')) books.add(book);
    }
    expect(books.size).toBeGreaterThan(5);
    expect(answer).toEqual(expect.arrayContaining([`Books: ${books.size}`]));
    expect(await tx.editStatus()).toEqual(before);
    await tx.redo();
    expect(await related(tx, 'Emma', 'LoanedAs')).toHaveLength(1);
  });
});

describe('the guest interface', () => {
  it('does all that it says, from a client', async () => {
    await using tx = await space.begin();
    const request = { properties: { Title: 'A Test of Books', LentAt: new Date() } };
    expect(await (await tx.getByKey('M-001')).dance('SelfTest', request)).toEqual([]);
  });
});
