// A guided tour of map-daemon, through the SDK alone.
//
//   node examples/dist/tour.js [--once]
//
// MAP_TOUR_DAEMON    the whole command line that runs the daemon on the data directory, a JSON array of strings
// MAP_TOUR_DATA_DIR  that data directory; a second tour on it goes on where the first ended
// MAP_TOUR_SAMPLES   the folder of the sample library
// MAP_TOUR_DANCES    the folder of the built sample dances
//
// At its end the daemon stays until Ctrl+C, so that other clients can be tried; with --once it stops at once.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommitError, enumValue, LookupError, type Holon, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { DaemonProcess } from './daemon.js';
import { dances } from './dances.js';
import { Narrator } from './narrator.js';
import { queries } from './queries.js';

const SPACE = 'library';
const AUTHOR = 'Guide, Greta';
const SERIES = 'A Guided Tour, Volume ';

const narrator = new Narrator();
const count = (value: number, one: string, many = `${one}s`): string => `${value.toLocaleString('en')} ${value === 1 ? one : many}`;

async function openLibrary(client: MapClient): Promise<Space> {
  try {
    const space = await client.spaces.get(SPACE);
    narrator.did('found', `the space "${SPACE}", ${count((await space.describe()).holons, 'holon')}`);
    return space;
  } catch (error) {
    if (!(error instanceof LookupError) || error.code !== 'SPACE_NOT_FOUND') throw error;
  }
  const space = await client.spaces.create(SPACE, { schema: 'core' });
  narrator.did('created', `the space "${SPACE}" with the core schema, ${count((await space.describe()).holons, 'holon')}`);
  return space;
}

async function loadSamples(space: Space, folder: string): Promise<void> {
  await using tx = await space.begin({ label: 'load the sample library' });
  if ((await tx.getAll({ keyPrefix: 'Book.HolonType' }).first()) !== undefined) {
    narrator.says('The sample library was loaded by an earlier tour.');
    return;
  }
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new Error(`There are no sample files in ${folder}.`);
  const { holons, targets } = await tx.loadHolons({ files: names.map((name) => join(folder, name)) });
  narrator.did('loaded', `${count(names.length, 'file')}: ${count(holons, 'holon')}, ${count(targets, 'link')}`);
  const { commitNumber, warnings } = await tx.commit();
  narrator.did('committed', `as commit ${commitNumber}, ${warnings.length === 0 ? 'nothing to complain of' : count(warnings.length, 'warning')}`);
}

async function authors(book: Holon): Promise<string> {
  const names = await Promise.all((await book.related('AuthoredBy').toArray()).map((author) => author.get('Name')));
  return names.length === 0 ? 'nobody' : names.join(' and ');
}

async function stageAuthor(tx: MapTransaction): Promise<Holon> {
  const known = await tx.getAll({ keyPrefix: AUTHOR }).first();
  if (known) {
    narrator.did('found', `${String(await known.get('Name'))}, who wrote the earlier volumes`);
    return known;
  }
  const author = await tx.stageNewHolon({
    type: await tx.getByKey('Person.HolonType'),
    key: AUTHOR,
    properties: { Name: 'Greta Guide', FamilyName: 'Guide', GivenName: 'Greta' },
  });
  narrator.did('staged', 'a person, Greta Guide');
  return author;
}

/** Commits a book that lacks its author, which the type of books does not allow. */
async function commitTooEarly(tx: MapTransaction): Promise<void> {
  try {
    await tx.commit();
  } catch (error) {
    if (!(error instanceof CommitError)) throw error;
    narrator.did('refused', 'the commit, and left everything as it was:');
    for (const { message } of error.errors) narrator.shows('', message);
    return;
  }
  throw new Error('A book without an author was committed.');
}

/** Stages a book, undoes and redoes a step of that, commits. Returns the book's key. */
async function writeBook(space: Space): Promise<string> {
  await using tx = await space.begin({ label: 'write a book' });
  narrator.did('began', `a transaction that reads the space as of commit ${tx.snapshot}`);
  const author = await stageAuthor(tx);
  const title = `${SERIES}${(await tx.getAll({ keyPrefix: SERIES }).toArray()).length + 1}`;
  const book = await tx.stageNewHolon({
    type: await tx.getByKey('Book.HolonType'),
    key: title,
    properties: { Title: title, Form: enumValue('Novel'), Language: enumValue('English'), PublicationYear: new Date().getFullYear() },
  });
  narrator.did('staged', `a book, "${title}"`);
  await book.add('AuthoredBy', author);
  narrator.did('linked', 'the book to its author, by AuthoredBy');
  narrator.shows('author', await authors(book));
  await tx.undo();
  narrator.did('undid', 'the last step');
  narrator.shows('author', await authors(book));
  await commitTooEarly(tx);
  await tx.redo();
  narrator.did('redid', 'it');
  narrator.shows('author', await authors(book));
  narrator.says(`${count(await tx.stagedCount(), 'holon')} staged, and nobody else sees them yet.`);
  const { commitNumber, saved } = await tx.commit();
  narrator.did('committed', `as commit ${commitNumber}: ${count(saved.length, 'holon')} saved, on disk and for good`);
  for (const id of saved) narrator.shows('', id.toString());
  return title;
}

async function readBack(client: MapClient, title: string): Promise<void> {
  const space = await client.spaces.get(SPACE);
  await using tx = await space.begin({ label: 'read it back' });
  const book = await tx.getByKey(title);
  const { version, properties } = await book.content();
  narrator.did('by key', `"${String(properties['Title'])}", version ${version}`);
  for (const [name, value] of Object.entries(properties)) {
    if (name !== 'Key' && name !== 'Title') narrator.shows('', `${name.padEnd(16)} ${String(value)}`);
  }
  const author = await book.related('AuthoredBy').first();
  if (!author) throw new Error(`"${title}" lost its author.`);
  narrator.did('AuthoredBy', String(await author.get('Name')));
  const works: string[] = [];
  for await (const { key } of author.related('AuthorOf').entries()) works.push(key ?? '');
  if (!works.includes(title)) throw new Error(`"${title}" is missing among the works of its author.`);
  narrator.did('AuthorOf', works.length > 3 ? `${works.slice(0, 3).join(', ')} and ${works.length - 3} more` : works.join(', '));
  const { holons, lastCommit } = await space.describe();
  narrator.says(`The space holds ${count(holons, 'holon')} after ${count(lastCommit, 'commit')}.`);
}

async function tour(daemon: DaemonProcess, samples: string, modules: string): Promise<void> {
  narrator.title('map-daemon: a guided tour');
  narrator.chapter('Start the daemon');
  const first = await daemon.start();
  const { productVersion, processId, dataDirectory } = await first.status();
  narrator.did('ready', `version ${productVersion}, process ${processId}`);
  narrator.shows('data', dataDirectory);

  narrator.chapter('Open a space');
  const space = await openLibrary(first);
  await loadSamples(space, samples);

  narrator.chapter('Write a book in a transaction');
  const title = await writeBook(space);

  narrator.chapter('Restart the daemon');
  first.close();
  await daemon.stop();
  narrator.did('stopped', 'cleanly');
  const second = await daemon.start();
  narrator.did('ready', `again, process ${(await second.status()).processId}`);

  narrator.chapter('Read everything back');
  await readBack(second, title);

  narrator.chapter('Ask over many hops');
  await queries(await second.spaces.get(SPACE), narrator);

  narrator.chapter('Dance in the sandbox');
  await dances(second, await second.spaces.get(SPACE), modules, narrator);
  second.close();

  narrator.chapter('Connect a client of your own');
  const { socket, tcp } = await daemon.addresses();
  if (socket !== undefined) narrator.shows('socket', socket);
  if (tcp !== undefined) narrator.shows('TCP', tcp);
  narrator.shows('token', `for TCP: in ${daemon.discoveryFile}, made anew at each start`);
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. ./build.sh run sets it.`);
  return value;
}

function commandLine(): [string, ...string[]] {
  const argv: unknown = JSON.parse(setting('MAP_TOUR_DAEMON'));
  if (Array.isArray(argv) && argv.length > 0 && argv.every((part) => typeof part === 'string')) return argv as [string, ...string[]];
  throw new Error('MAP_TOUR_DAEMON is no JSON array of strings.');
}

/** Resolves at the first Ctrl+C or other request to end. */
function interruption(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { done(); });
  });
}

async function main(): Promise<void> {
  const daemon = new DaemonProcess(commandLine(), resolve(setting('MAP_TOUR_DATA_DIR')));
  const interrupted = interruption();
  try {
    const stopEarly = interrupted.then(() => { throw new Error('Interrupted before the end of the tour.'); });
    await Promise.race([tour(daemon, setting('MAP_TOUR_SAMPLES'), setting('MAP_TOUR_DANCES')), stopEarly]);
    if (!process.argv.includes('--once')) {
      console.log('\nThe daemon keeps running. Ctrl+C stops it.');
      await Promise.race([interrupted, daemon.watch()]);
      console.log('');
    }
  } finally {
    await daemon.close();
  }
  console.log('\nThe daemon has stopped. Everything is saved; a further tour goes on from here.');
}

try {
  await main();
  // Nothing is under way any more; what is left are listeners for signals.
  process.exit(0);
} catch (error) {
  console.error(`\nThe tour failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
