// The guided tour, twice on one data directory, as `./build.sh run` shows it. Needs `npm run build` before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOUR = fileURLToPath(new URL('../examples/dist/tour.js', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../../samples/library', import.meta.url));
const DANCES = fileURLToPath(new URL('../../../src/guest/dances/build', import.meta.url));

let directory: string;
beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'map-')); });
afterAll(async () => { await rm(directory, { recursive: true }); });

/** Runs the tour; `onOutput` may end it. */
async function tour(args: string[], argv: string[], onOutput?: (text: string, kill: () => void) => void) {
  const child = spawn(process.execPath, [TOUR, ...args], {
    env: {
      ...process.env,
      MAP_TOUR_DAEMON: JSON.stringify(argv), MAP_TOUR_DATA_DIR: directory, MAP_TOUR_SAMPLES: SAMPLES, MAP_TOUR_DANCES: DANCES,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output, () => child.kill('SIGINT'));
    });
  }
  const [code] = await once(child, 'close') as [number | null];
  return { code, output };
}

const daemon = (): string[] =>
  [...JSON.parse(process.env['MAP_DAEMON_COMMAND'] ?? '[]') as string[], 'run', '--data', directory, '--port', '0'];

/** The processes that the output names are gone. */
function expectGone(output: string): void {
  const processes = [...output.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
  expect(processes.length).toBeGreaterThan(0);
  for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
}

describe('the tour', () => {
  it('runs, and leaves no daemon behind', { timeout: 120_000 }, async () => {
    const { code, output } = await tour(['--once'], daemon());
    expect(code, output).toBe(0);
    expect(output).toContain('A Guided Tour, Volume 1');
    expect(output).toMatch(/author +Greta Guide\n[^]*author +nobody\n[^]*author +Greta Guide\n/);
    expect(output).toContain('"A Guided Tour, Volume 1" has no members under "AuthoredBy"; Book asks for 1 to 5. Add links.\n');
    expect(output).toContain('nothing to complain of');
    expect(output).toMatch(/asked +who wrote since 1900 [^]*George Orwell, born 1903\n/);
    expect(output).toMatch(/rows +From each goes on to its "AuthoredBy", by the index of links\.\n/);
    expect(output).toContain('Books: 121\n');
    expect(output).toMatch(/refused +by the validator of loans[^]*"Emma" is lent already, as L-9999\./);
    expect(output).toMatch(/gave up: Index out of range[^]*at faulty\/stumble/);
    expect(output).toContain('SelfTest: every function that guests have does what it should');
    expectGone(output);
  });

  it('goes on where it ended, and stays until Ctrl+C', { timeout: 120_000 }, async () => {
    const { code, output } = await tour([], daemon(), (text, kill) => { if (text.includes('Ctrl+C stops it')) kill(); });
    expect(code, output).toBe(0);
    expect(output).toMatch(/AuthorOf +A Guided Tour, Volume 1, A Guided Tour, Volume 2/);
    expectGone(output);
  });

  it('stops the daemon when it is interrupted halfway', { timeout: 120_000 }, async () => {
    const { code, output } = await tour([], daemon(), (text, kill) => { if (text.includes('process ')) kill(); });
    expect(code).toBe(1);
    expect(output).toContain('Interrupted');
    expectGone(output);
  });

  it.each([['ends at once', ['false'], 'ended (exit code 1)'], ['is not there', ['/nowhere/daemon'], 'cannot be started']])(
    'says so when the daemon %s', async (_, argv, message) => {
      const { code, output } = await tour(['--once'], argv);
      expect(code).toBe(1);
      expect(output).toContain(message);
    });
});
