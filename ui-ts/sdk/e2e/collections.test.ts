// Relationships, lists and loads: what is read page by page and written in bulk.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoaderError, type Holon, type MapClient, type Space, type UploadProgress } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure, spaceWithNotes, stageNote, type Transport } from './daemon.js';
import { noteHolon } from './schema.js';

const NOTES = 250;
const keys = Array.from({ length: NOTES }, (_, index) => `page-${String(index).padStart(4, '0')}`);

let daemon: Daemon;
beforeAll(async () => { daemon = await Daemon.start(); });
afterAll(async () => { await daemon[Symbol.asyncDispose](); });

describe.each<Transport>(['socket', 'tcp'])('over %s', (transport) => {
  let client: MapClient;
  let space: Space;
  beforeAll(async () => {
    client = await daemon.connect(transport);
    space = await spaceWithNotes(client, `lists ${transport}`);
    await using tx = await space.begin();
    await tx.loadHolons({ graph: { holons: [noteHolon('hub', keys), ...keys.map((key) => noteHolon(key))] } });
    await tx.commit();
  });
  afterAll(() => { client.close(); });

  const keysOf = (holons: readonly Holon[]) => Promise.all(holons.map((holon) => holon.key()));

  describe('a relationship', () => {
    it('keeps its order, in which members are placed', async () => {
      await using tx = await space.begin();
      const [a, b, c, d] = [await stageNote(tx, 'a'), await stageNote(tx, 'b'), await stageNote(tx, 'c'), await stageNote(tx, 'd')];
      await a.add('Cites', c, b);
      await a.addAt('Cites', 'first', d);
      await a.addAt('Cites', { before: b }, a);
      expect(await keysOf(await a.related('Cites').toArray())).toEqual(['d', 'c', 'a', 'b']);
      await a.removeRelated('Cites', c, a);
      expect(await keysOf(await a.related('Cites').toArray())).toEqual(['d', 'b']);
      expect(await failure(a.removeRelated('Cites', c))).toMatchObject({ code: 'MEMBER_NOT_FOUND' });
    });

    it('is read by its inverse, staged and saved, and written by its declared name only', async () => {
      await using tx = await space.begin();
      const source = await tx.stageNewHolon({
        type: await tx.getByKey('Note.HolonType'), key: 'source', properties: { Title: 'x' },
        relationships: { Cites: await tx.getByKey('page-0001') },
      });
      const cited = await tx.getByKey('page-0001');
      expect((await keysOf(await cited.related('CitedBy').toArray())).sort()).toEqual(['hub', 'source']);
      expect(await failure(cited.add('CitedBy', source))).toMatchObject({ code: 'INVERSE_NOT_WRITABLE' });
      await tx.commit();
      await using later = await space.begin();
      const found = await (await later.getByKey('page-0001')).related('CitedBy').toArray();
      expect((await keysOf(found)).sort()).toEqual(['hub', 'source']);
      expect(await (await later.getByKey('source')).related('Cites').first().then((first) => first?.key())).toBe('page-0001');
    });

    it('pages by itself', async () => {
      await using tx = await space.begin();
      const hub = await tx.getByKey('hub');
      const seen: (string | undefined)[] = [];
      for await (const { key } of hub.related('Cites', { pageSize: 40 }).entries()) seen.push(key);
      expect(seen).toEqual(keys);
    });
  });

  describe('a list', () => {
    it('by key prefix comes in the order of the keys, page by page', async () => {
      await using tx = await space.begin();
      const all = tx.getAll({ keyPrefix: 'page-' }, { pageSize: 60 });
      const first = await all.page();
      expect(first.entries.map(({ key }) => key)).toEqual(keys.slice(0, 60));
      const second = await all.page({ token: first.nextToken, size: 10 });
      expect(second.entries.map(({ key }) => key)).toEqual(keys.slice(60, 70));
      expect(await all.toArray()).toHaveLength(NOTES);
    });

    it('by type shows staged over saved, and each holon once', async () => {
      await using tx = await space.begin();
      const type = await tx.getByKey('Note.HolonType');
      const before = (await tx.getAll({ type }).toArray()).length;
      await (await tx.getByKey('page-0003')).stageNewVersion();
      await (await tx.getByKey('page-0004')).delete();
      await stageNote(tx, 'new one');
      const entries: (string | undefined)[] = [];
      for await (const { key } of tx.getAll({ type }, { pageSize: 50 }).entries()) entries.push(key);
      expect(entries).toHaveLength(before);
      expect(new Set(entries).size).toBe(before);
      expect(entries).toContain('new one');
      expect(entries).not.toContain('page-0004');
    });

    it('goes on after its position, whatever is staged in between', async () => {
      await using tx = await space.begin();
      const all = tx.getAll({ keyPrefix: 'page-' });
      const first = await all.page({ size: 100 });
      await stageNote(tx, 'page-0000a');
      await stageNote(tx, 'page-0150a');
      const rest = await all.page({ size: 1000, token: first.nextToken });
      const seen = [...first.entries, ...rest.entries].map(({ key }) => key);
      expect(seen).toEqual([...keys, 'page-0150a'].sort());
    });

    it('refuses a token that it did not give', async () => {
      await using tx = await space.begin();
      const token = Buffer.from('made up').toString('base64url');
      expect(await failure(tx.getAll().page({ token }))).toMatchObject({ code: 'INVALID_PAGE_TOKEN' });
      const { nextToken } = await tx.getAll({ keyPrefix: 'page-' }).page({ size: 1 });
      expect(await failure(tx.getAll().page({ token: nextToken }))).toMatchObject({ code: 'INVALID_PAGE_TOKEN' });
    });
  });

  describe('a load', () => {
    const file = (name: string, ...holons: unknown[]) => ({ name, content: JSON.stringify({ holons }) });

    it('finds references between files, whatever their order, and is one step', async () => {
      await using tx = await space.begin();
      const receipt = await tx.loadHolons({
        files: [file('one.json', noteHolon('load-1', ['load-2'])), file('two.json', noteHolon('load-2', ['load-1', 'page-0001']))],
        graph: { holons: [noteHolon('load-3', ['load-1'])] },
      });
      expect(receipt).toMatchObject({ holons: 3, warnings: [] });
      expect(await tx.stagedCount()).toBe(3);
      expect(await keysOf(await (await tx.getByKey('load-1')).related('CitedBy').toArray())).toHaveLength(2);
      await tx.undo();
      expect(await tx.stagedCount()).toBe(0);
      await tx.redo();
      expect(await tx.stagedCount()).toBe(3);
    });

    it('takes local files and tells the progress', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'map-'));
      const path = join(directory, 'many.json');
      const text = JSON.stringify({ holons: Array.from({ length: 5_000 }, (_, index) => noteHolon(`many-${index}`)) });
      await writeFile(path, text);
      await using tx = await space.begin();
      const progress: UploadProgress[] = [];
      const { holons } = await tx.loadHolons({ files: [path] }, { onProgress: (step) => progress.push(step) });
      await rm(directory, { recursive: true });
      expect(holons).toBe(5_000);
      expect(progress.length).toBeGreaterThan(1);
      expect(progress.at(-1)).toEqual({ file: 'many.json', fileNumber: 1, fileCount: 1, sentBytes: text.length, totalBytes: text.length });
    });

    it('takes content uploaded before', async () => {
      const content = await space.putContent([file('before.json', noteHolon('uploaded-before'))]);
      expect(content).toHaveLength(1);
      await using tx = await space.begin();
      expect((await tx.loadHolons({ content })).holons).toBe(1);
      expect(await failure(tx.loadHolons({ content: ['00'.repeat(16)] }))).toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    });

    it('that fails changes nothing and reports every mistake with its place', async () => {
      await using tx = await space.begin();
      const error = await failure(tx.loadHolons({
        files: [
          { name: 'broken.json', content: '{\n  "holons": [\n}' },
          file('lost.json', noteHolon('lost', ['nowhere-1']), noteHolon('lost too', ['nowhere-2'])),
          { name: 'form.json', content: '{"holons": [{"key": "no type"}]}' },
        ],
      }));
      expect(error).toBeInstanceOf(LoaderError);
      const found = (error as LoaderError).errors.map(({ code, details }) => `${details.place?.file} ${code}`);
      expect(found).toContain('broken.json IMPORT_SYNTAX');
      expect(found.filter((problem) => problem === 'lost.json UNRESOLVED_REFERENCE')).toHaveLength(2);
      expect(found).toContain('form.json IMPORT_FORMAT');
      expect((error as LoaderError).errors.find(({ code }) => code === 'IMPORT_SYNTAX')?.details.place?.line).toBe(3);
      expect(await tx.stagedCount()).toBe(0);
      expect(await failure(tx.undo())).toMatchObject({ code: 'NOTHING_TO_UNDO' });
    });
  });
});
