// Work that a client left behind: found, resumed and ended by another. Needs `npm run build` before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { MapClient, Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** Begins a transaction, stages three notes, tells the transaction's id and waits for its end. */
const VANISHING = `
  import { MapClient } from '@map/sdk';
  const client = await MapClient.connect({ clientName: 'vanishing' });
  const tx = await (await client.spaces.get(process.argv[1])).begin({ label: process.argv[2] });
  const type = await tx.getByKey('Note.HolonType');
  const first = await tx.stageNewHolon({ type, key: 'first left' });
  await tx.stageNewHolon({ type, key: 'second left', relationships: { Cites: first } });
  await tx.stageNewHolon({ type, key: 'third left' });
  console.log(tx.id);
  setInterval(() => {}, 1_000);
`;

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await spaceWithNotes(client, 'leftovers');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

/** Runs another client until it has staged its work, and kills it. */
async function vanish(label: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', VANISHING, space.name, label], {
    cwd: PACKAGE,
    env: { ...process.env, MAP_DAEMON_DATA: daemon.directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const [id] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]) as [unknown];
  child.kill('SIGKILL');
  await gone;
  expect(child.signalCode).toBe('SIGKILL');
  return String(id);
}

describe('a client that vanishes', () => {
  it('leaves a transaction that another lists, resumes, undoes in and commits', async () => {
    const id = await vanish('not finished');
    const open = await space.openTransactions();
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({ id, label: 'not finished', client: 'vanishing', status: 'OPEN', staged: 3 });

    const tx = await space.resume(id);
    expect([tx.id, tx.label, tx.snapshot]).toEqual([id, 'not finished', (await space.describe()).lastCommit]);
    const second = await tx.stagedByVersionedKey('second left__0');
    expect(await (await second.related('Cites').first())?.key()).toBe('first left');
    expect((await tx.stagedByBaseKey('third left').toArray())).toHaveLength(1);
    await tx.undo();
    expect(await tx.stagedByBaseKey('third left').toArray()).toEqual([]);
    expect(await tx.stagedCount()).toBe(2);
    expect((await tx.commit()).saved).toHaveLength(2);

    await using later = await space.begin();
    expect(await (await later.getByKey('second left')).related('Cites').toArray()).toHaveLength(1);
    expect(await failure(later.getByKey('third left'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await failure(space.resume(id))).toMatchObject({ name: 'TransactionError', code: 'TRANSACTION_COMMITTED' });
  });

  it('leaves a transaction that another rolls back, also after a restart of the daemon', async () => {
    const id = await vanish('never mind');
    await daemon.restart();
    client.close();
    client = await daemon.connect('tcp');
    space = await client.spaces.get('leftovers');
    expect((await space.openTransactions()).map((each) => [each.id, each.staged])).toEqual([[id, 3]]);
    await (await space.resume(id)).rollback();
    expect(await space.openTransactions()).toEqual([]);
    expect(await space.transactionStatus(id)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(await failure(space.resume(id))).toMatchObject({ code: 'TRANSACTION_ROLLED_BACK' });
  });

  it('is told apart from a transaction that never was', async () => {
    const unknown = `${space.id}/00000000-0000-7000-8000-000000000000`;
    expect(await failure(space.resume(unknown))).toMatchObject({ code: 'TRANSACTION_NOT_FOUND' });
    expect(await failure(space.resume('nonsense'))).toBeInstanceOf(TypeError);
  });
});

describe('two clients in one transaction', () => {
  it('see each other\'s steps', async () => {
    await using tx = await space.begin({ label: 'shared' });
    await using other = await daemon.connect('socket');
    const same = await (await other.spaces.get('leftovers')).resume(tx.id);
    await stageNote(tx, 'mine');
    const note = await same.getByKey('mine');
    await note.set('Title', 'theirs');
    expect(await (await tx.getByKey('mine')).get('Title')).toBe('theirs');
    await tx.undo();
    expect(await note.get('Title')).toBe('The note mine');
  });
});
