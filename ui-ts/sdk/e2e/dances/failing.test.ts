// Dances that fail: the client is told how, nothing of them stays, and others are not kept waiting.
import { DanceError, type Holon, MapError, type MapClient, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { dancingLibraryIn, lend } from './dances.js';

// Without the deadline of the client, a dance that spins would end after the test did.
const LIMITS = { maxGuestFuel: 1e15, maxDanceMilliseconds: 600_000, guestThreads: 2 };

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start(LIMITS);
  client = await daemon.connect('socket');
  space = await dancingLibraryIn(client, 'library');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

/** Runs a dance that fails on a book, in a transaction with an undone step. Checks that nothing of it stays. */
async function failing(dance: (book: Holon) => Promise<unknown>): Promise<unknown> {
  await using tx = await space.begin();
  await lend(tx, 'M-005', 'Emma');
  await tx.undo();
  const book = await tx.getByKey('Emma');
  const state = async () => [await tx.stagedCount(), await tx.transientCount(), await tx.editStatus(), await book.get('Note')];
  const before = await state();
  const error = await failure(dance(book));
  expect(await state()).toEqual(before);
  return error;
}

async function refused(name: string): Promise<DanceError> {
  const error = await failing((book) => book.dance(name));
  if (error instanceof DanceError) return error;
  throw error;
}

/** A dance is run: not all threads are taken. */
async function expectRoom(): Promise<void> {
  await using tx = await space.begin();
  expect(await (await lend(tx, 'M-005', 'Emma')).get('LoanNumber')).toBe('L-0009');
}

describe('a dance that traps', () => {
  it('tells the reason of the guest and where it was', async () => {
    const { code, message, details } = await refused('Stumble');
    expect(code).toBe('DANCE_TRAPPED');
    expect(message).toMatch(/^The dance "Stumble" .*gave up: Index out of range \(/);
    expect(details.guestCode).toBe('ABORT');
    expect(details.backtrace?.some((call) => call.includes('faulty/stumble'))).toBe(true);
  });

  it('tells what the daemon refused', async () => {
    const { code, message } = await refused('Misspell');
    expect(code).toBe('DANCE_TRAPPED');
    expect(message).toContain('gave up: Setting the property "Title": ');
  });

  it.each([['Hoard', 'MEMORY_LIMIT'], ['Descend', 'DANCE_TRAPPED'], ['Decline', 'DANCE_FAILED']] as const)('%s: %s', async (name, code) => {
    expect((await refused(name)).code).toBe(code);
  });
});

describe('a dance that goes beyond what it declares', () => {
  it('is denied', async () => {
    const { code, message } = await refused('Overreach');
    expect(code).toBe('CAPABILITY_DENIED');
    expect(message).toContain('Person');
  });
});

describe('the deadline of a client', () => {
  it('ends the guest: more of them than there are threads leave room for others', { timeout: 60_000 }, async () => {
    for (let i = 0; i < LIMITS.guestThreads + 1; i++) {
      const error = await failing((book) => book.dance('Spin', undefined, { timeoutMs: 300 }));
      expect(error).toBeInstanceOf(MapError);
      expect(error).toMatchObject({ status: 'DEADLINE_EXCEEDED' });
    }
    await expectRoom();
  });

  it('ends it also when the client gives up', { timeout: 60_000 }, async () => {
    for (let i = 0; i < LIMITS.guestThreads + 1; i++) {
      await failing((book) => {
        const stop = new AbortController();
        const dance = book.dance('Spin', undefined, { signal: stop.signal });
        setTimeout(() => { stop.abort(); }, 100);
        return dance;
      });
    }
    await expectRoom();
  });
});
