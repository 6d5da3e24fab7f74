// Runs the daemon as a child process that never outlives the tour.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MapClient } from '@map/sdk';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const OUTPUT_KEPT = 4_000;

/** The addresses in the daemon's discovery file. */
export interface Addresses {
  readonly socket?: string;
  readonly tcp?: string;
}

export class DaemonProcess {
  /** Where the daemon writes its addresses and the token. */
  readonly discoveryFile: string;
  readonly #argv: readonly [string, ...string[]];
  readonly #directory: string;
  readonly #killAtExit = (): void => { this.#child?.kill('SIGKILL'); };
  #child: ChildProcess | undefined;
  #failure: Error | undefined;
  #closed = false;
  #output = '';
  #seen = '';

  /**
   * @param argv the daemon's command line
   * @param directory its data directory
   */
  constructor(argv: readonly [string, ...string[]], directory: string) {
    this.#argv = argv;
    this.#directory = directory;
    this.discoveryFile = join(directory, 'discovery.json');
    process.once('exit', this.#killAtExit);
  }

  /** Starts the daemon and connects to it as soon as it has written its discovery file. */
  async start(): Promise<MapClient> {
    if (this.#closed) throw new Error('The daemon is not started any more.');
    // The file of a former run may be there; each start makes a new token, so that a new file differs.
    this.#seen = await this.#discovery();
    const [program, ...args] = this.#argv;
    const child = spawn(program, args, {
      env: { ...process.env, MAP_DAEMON_DATA: this.#directory },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#failure = undefined;
    child.once('error', (error) => { this.#failure = new Error(`The daemon cannot be started: ${error.message}`); });
    child.once('exit', (code, signal) => { this.#failure ??= new Error(`The daemon ended (${signal ?? `exit code ${code}`}).\n${this.#output}`); });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => { this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_KEPT); });
    }
    await this.#discovered();
    return MapClient.connect({ dataDirectory: this.#directory, clientName: 'tour' });
  }

  /** Fails when the daemon ends by itself. */
  async watch(): Promise<never> {
    if (this.#child && this.#running(this.#child)) await once(this.#child, 'exit');
    throw this.#failure ?? new Error('The daemon ended.');
  }

  /** Asks the daemon to stop and waits until it has. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    if (!this.#running(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
    if (child.signalCode === 'SIGKILL') throw new Error(`The daemon did not stop in ${STOP_TIMEOUT_MS / 1000} s and was killed.\n${this.#output}`);
  }

  /** Stops it for good: nothing starts it again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  /** Where clients find the daemon. */
  async addresses(): Promise<Addresses> {
    return JSON.parse(await this.#discovery()) as Addresses;
  }

  #running(child: ChildProcess): boolean {
    return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  #discovery(): Promise<string> {
    return readFile(this.discoveryFile, 'utf8').catch(() => '');
  }

  async #discovered(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (this.#failure) throw this.#failure;
      const text = await this.#discovery();
      if (text !== this.#seen && text.trimEnd().endsWith('}')) return;
      if (Date.now() > deadline) throw new Error(`The daemon did not write ${this.discoveryFile} in ${START_TIMEOUT_MS / 1000} s.\n${this.#output}`);
      await delay(20);
    }
  }
}
