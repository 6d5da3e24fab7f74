// Follows docs/guest-tutorial.md to the letter, from an empty folder, with a daemon of its own. Needs `npm run build` before.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, Daemon } from '../daemon.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PAGE = await readFile(join(ROOT, 'docs', 'guest-tutorial.md'), 'utf8');

/** A fenced block of the page, with the file name that stands above it. */
interface Step {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const STEPS: Step[] = [...PAGE.matchAll(/(?:^`([\w.]+)`:\n\n)?^```(\w+)\n([^]*?)^```$/gm)].map(([, file, language = '', text = '']) => ({ language, file, text }));

let daemon: Daemon;
let folder: string;
let output = '';
beforeAll(async () => {
  daemon = await Daemon.start();
  folder = await mkdtemp(join(tmpdir(), 'map-'));
  const quoted = command().map((part) => `'${part.replaceAll('\'', String.raw`'\''`)}'`).join(' ');
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'map-daemon'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  await mkdir(join(folder, 'empty'));
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Runs the lines of a shell block, as a person would in the folder. */
async function run(script: string): Promise<string> {
  const env = { ...process.env, MAP: ROOT, MAP_DAEMON_DATA: daemon.directory, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  return (await promisify(execFile)('sh', ['-e', '-c', script], { cwd: join(folder, 'empty'), env })).stdout;
}

describe('the tutorial', () => {
  it('has steps of each sort', () => {
    expect(new Set(STEPS.map(({ language }) => language))).toEqual(new Set(['sh', 'json', 'ts', 'js', 'text']));
  });

  it.each(STEPS.map((step, index) => [index + 1, step.file ?? step.text.split('\n', 1)[0] ?? '', step] as const))(
    'step %i: %s', { timeout: 60_000 }, async (_, name, { language, file, text }) => {
      if (language === 'sh') output = await run(text);
      else if (language === 'text') expect(output).toContain(text);
      else if (file === undefined) throw new Error(`It is not said to which file the block goes that begins with ${name}.`);
      else await writeFile(join(folder, 'empty', file), text);
    });
});
