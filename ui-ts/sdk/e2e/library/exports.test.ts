// Exports of the sample library by the SDK, and what they make when they are loaded.
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { query, type ExportOptions, type HolonExport, type MapClient, type Space, type WorkProgress } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { libraryIn, stageNovel } from './library.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await libraryIn(client, 'exports');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

async function textOf(file: HolonExport): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** The exported text of a space's latest state, with its summary. */
async function exported(from: Space, options?: ExportOptions) {
  await using tx = await from.begin({ label: 'export' });
  const file = tx.export(options);
  return { text: await textOf(file), summary: file.summary };
}

interface File { readonly holons: readonly { readonly key?: string; readonly relationships?: readonly { readonly name: string }[] }[] }
const read = (text: string) => JSON.parse(text) as File;

describe('an export', () => {
  it('makes the same graph elsewhere, of which the export is the same', async () => {
    const progress: WorkProgress[] = [];
    const { text, summary } = await exported(space, { onProgress: (each) => progress.push(each) });
    expect(read(text).holons).toHaveLength(summary?.holons ?? 0);
    expect(summary).toMatchObject({ holons: 865, outsideLinks: expect.any(Number) as number, changedCoreHolons: 0 });
    expect(progress.at(-1)).toMatchObject({ done: 865, total: 865 });

    const path = join(daemon.directory, 'library.json');
    await using tx = await space.begin();
    await pipeline(tx.export(), createWriteStream(path));
    expect((await stat(path)).size).toBe(Buffer.byteLength(text));

    const copy = await client.spaces.create('a copy');
    await using there = await copy.begin();
    expect(await there.loadHolons({ files: [{ name: 'library.json', content: createReadStream(path) }] })).toMatchObject({ holons: 865 });
    expect(await there.validate()).toEqual({ errors: [], warnings: [] });
    await there.commit();
    expect((await exported(copy)).text).toBe(text);
    await using again = await copy.begin();
    const authors = query.from({ key: 'Emma' }).follow('AuthoredBy').select('Name', 'BirthYear');
    expect((await again.traverse(authors).first())?.properties).toEqual({ Name: 'Jane Austen', BirthYear: 1775 });
  });

  it('has what is staged', async () => {
    await using tx = await space.begin();
    await stageNovel(tx, { Key: 'Lady Susan' });
    await (await tx.getByKey('Mansfield Park')).delete();
    const keys = read(await textOf(tx.export())).holons.map(({ key }) => key);
    expect(keys).toContain('Lady Susan');
    expect(keys).not.toContain('Mansfield Park');
    expect(keys).toHaveLength(865);
  });

  it('takes along the core schema where it is asked to', async () => {
    const { summary } = await exported(space, { coreSchema: true });
    expect(summary?.holons).toBeGreaterThan(1_000);
    expect(summary?.outsideLinks).toBe(0);
  });

  it('is canceled', async () => {
    await using tx = await space.begin();
    const controller = new AbortController();
    const file = tx.export({ signal: controller.signal, onProgress: () => { controller.abort(); } });
    expect(await failure(textOf(file))).toMatchObject({ status: 'CANCELED' });
    expect(file.summary).toBeUndefined();
    expect((await textOf(tx.export())).length).toBeGreaterThan(100_000);
  });
});

describe('an export of what a query finds', () => {
  const novels = query.from({ key: 'Austen, Jane' }).follow('AuthorOf', { depth: [0, 1] }).distinct();

  it('has those holons, with or without the links that lead out', async () => {
    const all = await exported(space, { selection: novels });
    const keys = ['Austen, Jane', 'Emma', 'Mansfield Park', 'Northanger Abbey', 'Persuasion', 'Pride and Prejudice', 'Sense and Sensibility'];
    expect(read(all.text).holons.map(({ key }) => key)).toEqual(keys);
    expect(all.text).toContain('Steventon, United Kingdom');
    const closed = await exported(space, { selection: novels.toJSON(), closed: true });
    expect(read(closed.text).holons.map(({ key }) => key)).toEqual(keys);
    expect(closed.text).not.toContain('Steventon, United Kingdom');
    expect(read(closed.text).holons[1]?.relationships?.map(({ name }) => name)).toEqual(['AuthoredBy']);
    expect(closed.summary?.outsideLinks).toBe(all.summary?.outsideLinks);
    expect(closed.summary?.links).toBeLessThan(all.summary?.links ?? 0);
  });

  it('is refused where the query is wrong, with the place', async () => {
    const wrong = (selection: ExportOptions['selection']) => failure(exported(space, { selection }));
    expect(await wrong(novels.orderBy('Key'))).toMatchObject({ code: 'INVALID_REQUEST', field: 'selection.orderBy' });
    expect(await wrong(novels.select('Key'))).toMatchObject({ code: 'INVALID_REQUEST', field: 'selection.select' });
    expect(await wrong(novels.follow('WrittenBy'))).toMatchObject({ code: 'UNKNOWN_RELATIONSHIP', field: 'selection.steps[1].follow' });
    expect(await wrong({ from: { key: 'No such book' } })).toMatchObject({ code: 'KEY_NOT_FOUND', field: 'selection.from.key' });
  });
});
