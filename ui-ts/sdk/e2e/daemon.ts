// Starts a real daemon for a test file and stops exactly that process.
//
// MAP_DAEMON_COMMAND  the command line as a JSON array, say ["dotnet", "…/Map.Daemon.dll"];
//                     `run --data DIR --port 0` is added
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MapClient, type MapTransaction, type Space } from '@map/sdk';
import { NOTE_TYPES } from './schema.js';

const START_TIMEOUT_MS = 40_000;
const STOP_TIMEOUT_MS = 20_000;

export type Transport = 'socket' | 'tcp';

/** What the discovery file says. */
export interface Discovery {
  readonly pid: number;
  readonly socket: string;
  readonly tcp: string;
  readonly token: string;
  readonly version: string;
}

export class Daemon implements AsyncDisposable {
  /** The data directory: short, since paths of unix sockets are limited to about 100 bytes. */
  readonly directory: string;
  #child: ChildProcess | undefined;
  #discoveryText = '';
  #output = '';
  readonly #killAtExit = (): void => { this.#child?.kill('SIGKILL'); };

  private constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Starts a daemon on a new data directory.
   *
   * @param limits what its `limits.json` says; see docs/operations.md
   */
  static async start(limits?: Readonly<Record<string, number>>): Promise<Daemon> {
    const daemon = new Daemon(await mkdtemp(join(tmpdir(), 'map-')));
    if (limits) await writeFile(join(daemon.directory, 'limits.json'), JSON.stringify(limits));
    process.once('exit', daemon.#killAtExit);
    try {
      await daemon.#spawn();
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
    return daemon;
  }

  get discovery(): Discovery {
    return JSON.parse(this.#discoveryText) as Discovery;
  }

  /** A client over either transport. */
  connect(transport: Transport): Promise<MapClient> {
    const { socket, tcp, token } = this.discovery;
    return MapClient.connect(transport === 'socket' ? { socket } : { address: tcp, token });
  }

  /** Asks the daemon to stop and waits until it is gone. Returns its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
    this.#child = undefined;
    if (child.signalCode === 'SIGKILL') throw new Error(`The daemon did not stop in ${STOP_TIMEOUT_MS} ms.\n${this.#output}`);
    return child.exitCode;
  }

  /** Stops it and starts it anew on the same data. Returns the exit code of the first. */
  async restart(): Promise<number | null> {
    const exitCode = await this.stop();
    await this.#spawn();
    return exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } finally {
      process.off('exit', this.#killAtExit);
      await rm(this.directory, { recursive: true, force: true });
    }
  }

  async #spawn(): Promise<void> {
    const [program, ...args] = command();
    const child = spawn(program, [...args, 'run', '--data', this.directory, '--port', '0'], {
      env: { ...process.env, MAP_DAEMON_DATA: this.directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let failure: Error | undefined;
    child.once('error', (error) => { failure = error; });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { this.#output += chunk.toString(); });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#discovered())) {
      if (failure) throw failure;
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The daemon ended at its start.\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`The daemon wrote no discovery file in ${START_TIMEOUT_MS} ms.\n${this.#output}`);
      await delay(20);
    }
  }

  // The file of a former run may still be there; each start makes a new token, so a new file differs.
  async #discovered(): Promise<boolean> {
    const text = await readFile(join(this.directory, 'discovery.json'), 'utf8').catch(() => '');
    if (text === this.#discoveryText || !text.trimEnd().endsWith('}')) return false;
    this.#discoveryText = text;
    return true;
  }
}

/** A space with the core schema and `NOTE_TYPES`. */
export async function spaceWithNotes(client: MapClient, name: string): Promise<Space> {
  const space = await client.spaces.create(name);
  await using tx = await space.begin({ label: 'types' });
  await tx.loadHolons({ graph: NOTE_TYPES });
  await tx.commit();
  return space;
}

/** Stages a note. */
export async function stageNote(tx: MapTransaction, key: string, title = `The note ${key}`) {
  return tx.stageNewHolon({ type: await tx.getByKey('Note.HolonType'), key, properties: { Title: title } });
}

/** What a promise fails with. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error;
  }
  throw new Error(`It should have failed, but gave ${String(value)}.`);
}

/** The command line of the daemon. */
export function command(): [string, ...string[]] {
  const text = process.env['MAP_DAEMON_COMMAND'];
  if (!text) throw new Error('Set MAP_DAEMON_COMMAND to the daemon\'s command line, a JSON array of strings.');
  const argv: unknown = JSON.parse(text);
  if (Array.isArray(argv) && argv.length > 0 && argv.every((part) => typeof part === 'string')) return argv as [string, ...string[]];
  throw new Error(`MAP_DAEMON_COMMAND is no JSON array of strings: ${text}`);
}
