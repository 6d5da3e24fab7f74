import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  CommitError, double, EnumValue, enumValue, HistoryError, LookupError, MapClient, MapDomainError, Timestamp, ValueError,
  type Space,
} from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote, type Transport } from './daemon.js';
import { NOTE_TYPES } from './schema.js';

let daemon: Daemon;
beforeAll(async () => { daemon = await Daemon.start(); });
afterAll(async () => { await daemon[Symbol.asyncDispose](); });

describe.each<Transport>(['socket', 'tcp'])('over %s', (transport) => {
  let client: MapClient;
  let space: Space;
  beforeAll(async () => {
    client = await daemon.connect(transport);
    space = await spaceWithNotes(client, `notes ${transport}`);
  });
  afterAll(() => { client.close(); });

  it('tells how the daemon is', async () => {
    const status = await client.status();
    expect(status).toMatchObject({ processId: daemon.discovery.pid, productVersion: daemon.discovery.version });
    expect(status.endpoints.length).toBeGreaterThan(0);
    expect(status.spaces).toBeGreaterThan(0);
    expect(status.memoryBytes).toBeGreaterThan(1_000_000);
    expect(Math.abs(Date.now() - status.startedAt.getTime())).toBeLessThan(600_000);
  });

  describe('spaces', () => {
    it('are created, listed, found and described', async () => {
      const created = await client.spaces.create(`empty ${transport}`, { schema: 'none', validation: 'report' });
      expect(created).toMatchObject({ name: `empty ${transport}`, validation: 'report' });
      expect((await client.spaces.list()).map(({ name }) => name)).toContain(`empty ${transport}`);
      const found = await client.spaces.get(`empty ${transport}`);
      expect([found.id, found.validation]).toEqual([created.id, 'report']);
      expect(await found.describe()).toMatchObject({ lastCommit: 0, holons: 0, openTransactions: 0 });
    });

    it('start with the core schema, or with files of one\'s own', async () => {
      const core = await client.spaces.create(`core ${transport}`);
      const { holons } = await core.describe();
      expect([core.validation, holons > 100]).toEqual(['enforce', true]);
      const folder = fileURLToPath(new URL('../../../schemas/core/', import.meta.url));
      const coreFiles = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => folder + name);
      const files = [...coreFiles, { name: 'notes.json', content: JSON.stringify(NOTE_TYPES) }];
      const own = await client.spaces.create(`own ${transport}`, { schema: { files } });
      expect((await own.describe()).holons).toBe(holons + NOTE_TYPES.holons.length);
    });

    it('have distinct names, without regard to case', async () => {
      expect(await failure(client.spaces.create(`NOTES ${transport}`))).toMatchObject({ code: 'SPACE_EXISTS' });
      const missing = await failure(client.spaces.get('no such space'));
      expect(missing).toBeInstanceOf(LookupError);
      expect(missing).toMatchObject({ code: 'SPACE_NOT_FOUND' });
      expect(await failure(client.spaces.create('a/b'))).toBeInstanceOf(MapDomainError);
    });

    it('tell which transactions are open and what became of others', async () => {
      const tx = await space.begin({ label: 'of interest' });
      const open = (await space.openTransactions()).find(({ id }) => id === tx.id);
      expect(open).toMatchObject({ label: 'of interest', client: '@map/sdk', status: 'OPEN', snapshot: tx.snapshot, staged: 0 });
      await stageNote(tx, 'status');
      expect(await space.transactionStatus(tx.id)).toMatchObject({ status: 'OPEN', staged: 1 });
      const { commitNumber } = await tx.commit();
      expect(await space.transactionStatus(tx.id)).toMatchObject({ status: 'COMMITTED', commitNumber });
      expect((await space.openTransactions()).map(({ id }) => id)).not.toContain(tx.id);
      expect((await space.describe()).lastCommit).toBe(commitNumber);
    });
  });

  describe('values', () => {
    const properties = {
      Title: 'Été 🌞', Pages: 474, Rating: double(4), Done: false, WrittenAt: new Timestamp(1_700_000_000_123_456n),
      Scan: new Uint8Array([0, 1, 255]), Tags: ['a', 'b'], Fate: enumValue('Block'),
    };
    const expected = {
      Key: 'values', ...properties, Rating: 4, Fate: new EnumValue('Block'),
    };

    it('of every kind come back as they went in, staged and saved', async () => {
      const tx = await space.begin();
      const note = await tx.stageNewHolon({ type: await tx.getByKey('Note.HolonType'), key: 'values', properties });
      expect((await note.content()).properties).toMatchObject(expected);
      await tx.commit();
      await using later = await space.begin();
      const saved = await later.getByKey('values');
      expect((await saved.content()).properties).toMatchObject(expected);
      for (const [name, value] of Object.entries(expected)) expect(await saved.get(name)).toEqual(value);
      expect((await saved.get('WrittenAt') as Timestamp).unixMicros).toBe(1_700_000_000_123_456n);
    });

    it('beyond the safe integers are exact', async () => {
      await using tx = await space.begin();
      const note = await stageNote(tx, 'large');
      for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n]) {
        await note.set('Pages', value);
        expect(await note.get('Pages')).toBe(value);
      }
    });

    it('are set one by one or together, removed, and known by one name however it is written', async () => {
      await using tx = await space.begin();
      const note = await stageNote(tx, 'setting');
      await note.set('title', 'lower case');
      expect(await note.get('Title')).toBe('lower case');
      await note.set({ Title: 'both', Pages: 2 });
      await note.remove('Pages');
      expect([await note.get('Title'), await note.get('Pages')]).toEqual(['both', undefined]);
      expect(await failure(note.remove('Pages'))).toMatchObject({ code: 'PROPERTY_NOT_FOUND' });
      expect(await failure(note.set('\0', 1))).toBeInstanceOf(ValueError);
    });
  });

  describe('holons', () => {
    it('are transient until staged, and staged until committed', async () => {
      await using tx = await space.begin();
      const scratch = await tx.newHolon({ properties: { Title: 'Scratch' } });
      expect(await scratch.content()).toMatchObject({ phase: 'TRANSIENT', properties: { Title: 'Scratch' } });
      expect(await failure(scratch.id())).toMatchObject({ code: 'WRONG_REFERENCE_KIND' });
      await scratch.withDescriptor(await tx.getByKey('Note.HolonType'));
      const note = await tx.stageNewHolon(scratch);
      const content = await note.content();
      expect(content).toMatchObject({ phase: 'STAGED_FOR_CREATE', version: 0, properties: { Title: 'Scratch' } });
      expect(await content.type?.key()).toBe('Note.HolonType');
      expect([await tx.transientCount(), await tx.stagedCount(), await note.key()]).toEqual([1, 1, undefined]);
      const id = await note.id();
      const { saved } = await tx.commit();
      expect(saved.map(String)).toEqual([id.toString()]);
      await using later = await space.begin();
      expect(await (await later.getById(id)).content()).toMatchObject({ phase: 'SAVED', version: 1 });
      expect(await (await later.getById(id.toString())).get('Title')).toBe('Scratch');
    });

    it('have versions, each of which can be read', async () => {
      const first = await space.begin();
      const id = await (await stageNote(first, 'versions', 'One')).id();
      await first.commit();
      const second = await space.begin();
      const staged = await (await second.getByKey('versions')).stageNewVersion();
      await staged.set('Title', 'Two');
      expect(await staged.content()).toMatchObject({ phase: 'STAGED_FOR_UPDATE', version: 1 });
      expect(await (await second.getByKey('versions')).get('Title')).toBe('Two');
      expect((await second.commit()).saved.map(String)).toEqual([id.toString()]);
      await using third = await space.begin();
      expect(await (await third.getById(id)).content()).toMatchObject({ version: 2, properties: { Title: 'Two' } });
      expect(await (await third.getById(id, { version: 1 })).get('Title')).toBe('One');
      expect(await failure(third.getById(id, { version: 3 }))).toMatchObject({ code: 'VERSION_NOT_FOUND' });
    });

    it('are gone when their deletion is committed', async () => {
      const first = await space.begin();
      const id = await (await stageNote(first, 'to delete')).id();
      await first.commit();
      const second = await space.begin();
      await second.deleteHolon(await second.getByKey('to delete'));
      expect(await failure(second.getByKey('to delete'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
      expect((await second.commit()).deleted.map(String)).toEqual([id.toString()]);
      await using third = await space.begin();
      expect(await failure(third.getById(id))).toMatchObject({ code: 'HOLON_NOT_FOUND' });
    });

    it('staged for create are dropped by delete', async () => {
      await using tx = await space.begin();
      await (await stageNote(tx, 'dropped')).delete();
      expect(await failure(tx.getByKey('dropped'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
    });

    it('of one key and several types are told apart by type', async () => {
      await using tx = await space.begin();
      const noteType = await tx.getByKey('Note.HolonType');
      const note = await tx.stageNewHolon({ type: noteType, key: 'Title.PropertyType', properties: { Title: 'x' } });
      const error = await failure(tx.getByKey('Title.PropertyType'));
      expect(error).toMatchObject({ code: 'AMBIGUOUS_KEY' });
      expect((error as LookupError).details.candidates).toHaveLength(2);
      expect((await tx.getByKey('Title.PropertyType', { type: noteType })).equals(note)).toBe(true);
    });

    it('need a type when they are saved; the transaction can be mended', async () => {
      const tx = await space.begin();
      const bare = await tx.stageNewHolon({ key: 'bare', properties: { Title: 'x' } });
      const error = await failure(tx.commit());
      expect((error as MapDomainError).errors.map(({ code }) => code)).toContain('MISSING_DESCRIPTOR');
      await bare.withDescriptor(await tx.getByKey('Note.HolonType'));
      expect((await tx.commit()).saved).toHaveLength(1);
    });

    it('of one type have distinct keys', async () => {
      const work = async (): Promise<void> => {
        await using tx = await space.begin();
        await stageNote(tx, 'twin');
        await stageNote(tx, 'twin');
        await tx.commit();
      };
      const error = await failure(work());
      expect(error).toBeInstanceOf(CommitError);
      expect((error as CommitError).errors.map(({ code }) => code)).toContain('DUPLICATE_KEY');
    });
  });

  it('undoes and redoes', async () => {
    await using tx = await space.begin();
    expect(await failure(tx.undo())).toMatchObject({ code: 'NOTHING_TO_UNDO' });
    const note = await stageNote(tx, 'undoing', 'before');
    await note.set('Title', 'after');
    await tx.undo();
    expect(await note.get('Title')).toBe('before');
    await tx.undo();
    expect(await tx.stagedCount()).toBe(0);
    await tx.redo();
    await tx.redo();
    expect(await note.get('Title')).toBe('after');
    const end = await failure(tx.redo());
    expect(end).toBeInstanceOf(HistoryError);
    expect(end).toMatchObject({ code: 'NOTHING_TO_REDO' });
    await tx.undo();
    await note.set('Title', 'other');
    expect(await failure(tx.redo())).toMatchObject({ code: 'NOTHING_TO_REDO' });
  });

  it('undoes and redoes to markers, and tells what is possible', async () => {
    await using tx = await space.begin();
    expect(await tx.editStatus()).toEqual({ canUndo: false, canRedo: false });
    const note = await stageNote(tx, 'marked', 'before');
    await tx.addUndoMarker('staged', { label: 'just staged' });
    for (const title of ['one', 'two', 'three']) await note.set('Title', title);
    await tx.addUndoMarker('titled');
    await tx.undoToMarker('staged');
    expect(await note.get('Title')).toBe('before');
    expect(await tx.editStatus()).toEqual({ canUndo: true, canRedo: true });
    await tx.redoToMarker('titled');
    expect(await note.get('Title')).toBe('three');
    expect(await tx.editStatus()).toEqual({ canUndo: true, canRedo: false });
    const ahead = await failure(tx.redoToMarker('staged'));
    expect(ahead).toBeInstanceOf(HistoryError);
    expect(ahead).toMatchObject({ code: 'MARKER_NOT_REACHABLE' });
    expect(await failure(tx.addUndoMarker('titled'))).toMatchObject({ code: 'DUPLICATE_MARKER' });
    await tx.undoToMarker('staged');
    await note.set('Title', 'other');
    expect(await failure(tx.undoToMarker('titled'))).toMatchObject({ code: 'UNKNOWN_MARKER' });
  });

  it('abandons what was staged, and records where a holon came from', async () => {
    await using first = await space.begin();
    await stageNote(first, 'origin', 'saved');
    await first.commit();
    await using tx = await space.begin();
    const origin = await tx.getByKey('origin');
    const staged = await origin.stageNewVersion();
    await staged.set('Title', 'changed');
    const copy = await stageNote(tx, 'copy');
    await copy.withPredecessor(origin);
    await staged.abandon();
    expect(await (await tx.getByKey('origin')).get('Title')).toBe('saved');
    expect((await staged.content()).phase).toBe('ABANDONED');
    expect(await failure(staged.set('Title', 'more'))).toMatchObject({ code: 'NOT_ACCESSIBLE' });
    const dropped = await stageNote(tx, 'dropped');
    await dropped.abandon();
    expect((await tx.commit()).savedCount).toBe(1);
    await using later = await space.begin();
    expect(await (await (await later.getByKey('copy')).predecessor())?.key()).toBe('origin');
    expect(await failure(later.getByKey('dropped'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
  });

  it('cancels before anything is sent', async () => {
    await using tx = await space.begin();
    expect(await failure(tx.stagedCount({ signal: AbortSignal.abort() }))).toMatchObject({ status: 'CANCELED' });
    expect(await failure(stageNote(tx, 'canceled').then((note) => note.with({ signal: AbortSignal.abort() }).add('Cites', note))))
      .toMatchObject({ status: 'CANCELED' });
    expect(await tx.stagedCount()).toBe(1);
  });

  it('rolls back what is left open', async () => {
    let id = '';
    {
      await using tx = await space.begin();
      id = tx.id;
      await stageNote(tx, 'left open');
    }
    expect(await space.transactionStatus(id)).toMatchObject({ status: 'ROLLED_BACK' });
    await using later = await space.begin();
    expect(await failure(later.getByKey('left open'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});

describe('a restart', () => {
  it('is clean, keeps what was committed, and is survived by clients of the socket', async () => {
    await using client = await daemon.connect('socket');
    const space = await spaceWithNotes(client, 'restart');
    const tx = await space.begin();
    await stageNote(tx, 'durable', 'still here');
    const { commitNumber } = await tx.commit();
    const token = daemon.discovery.token;
    expect(await daemon.restart()).toBe(0);
    expect(daemon.discovery.token).not.toBe(token);
    expect(await space.transactionStatus(tx.id)).toMatchObject({ status: 'COMMITTED', commitNumber });
    await using found = await MapClient.connect({ dataDirectory: daemon.directory });
    await using later = await (await found.spaces.get('restart')).begin();
    expect(await (await later.getByKey('durable')).get('Title')).toBe('still here');
    expect(await failure(MapClient.connect({ address: daemon.discovery.tcp, token }))).toMatchObject({ status: 'UNAUTHENTICATED' });
  });
});
