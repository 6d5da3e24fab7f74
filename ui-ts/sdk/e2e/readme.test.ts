// Runs the snippets of the README as they stand, one after the other, against one daemon. Needs `npm run build` before.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readmeSnippets } from '../test/snippets.js';
import { Daemon } from './daemon.js';

const folder = fileURLToPath(new URL('gen/', import.meta.url));

/** What the snippet under a heading prints, at least. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  'Connect': /^map-daemon \S+ at /,
  'A space and its types': /^commit \d+ saved 5 types$/m,
  'Stage, undo, commit': /^A reply$/m,
  'Read': /^A considered reply cites paper$[^]*^CitedBy: 1$[^]*^The holon "paper" of type "Note.HolonType" is saved as version 1, /m,
  'Ask over many hops':
    /^paper: On notes\n[^]*^steps\[1\]\.follow: From each goes on to its "Cites" over 1 to 3 links, .* \d+ rows by links$/m,
  'Queries as objects':
    /Title: 'A considered reply'[^]*^steps\[2\]\.follow steps\[2\]\.follow: No type .*"WrittenBy".*\nup to 4\.0 stars$/m,
  'Change and delete': /^2 holons are staged$/m,
  'The past': /^paper__2 On notes, revised\npaper__1 On notes\nbefore: On notes\nas of then: On notes$/m,
  'When others were faster': /^"paper" was changed by commit \d+, after this transaction read it/m,
  'Watch': /^commit \d+ \(theirs\): 1 holons, 0 links\ncommit \d+ \(mine\): 1 holons, 0 links$/m,
  'Progress': /^ROLLED_BACK/m,
  'Copies, and work that was left behind':
    /^@map\/sdk left 2 staged holons\nThe holon "second paper" of type "Note.HolonType" is staged for create, with /m,
  'Take along': /^8 holons, \d+ links\n1 of them in \d+ bytes$/m,
  'Guest modules': /^0 guest modules$/m,
  'What the types say':
    /^Title \(ValueKind\): "Title" of "draft" is 7; [^]*^Nothing was saved: [^\n]* in 2 places\.[^\n]*\n {2}- "[^]*^0 warnings$/m,
  'Dances': /^Copy\.DanceType\nOutline\.DanceType\n"paper", "Note\.HolonType"\n[^]*^1 holon is staged\nUNKNOWN_DANCE: There is no dance "Juggle"\./m,
  'Errors, cancellation': /^KEY_NOT_FOUND [^]*^still open/m,
};

let daemon: Daemon;
beforeAll(async () => {
  daemon = await Daemon.start();
  await mkdir(folder, { recursive: true });
});
afterAll(async () => { await daemon[Symbol.asyncDispose](); });

describe('the README', () => {
  it.each(readmeSnippets().map(({ heading, code }, index) => [heading, code, index + 1] as const))('runs: %s', async (heading, code, number) => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const file = `${folder}readme-${number}.mjs`;
    await writeFile(file, outputText);
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: { ...process.env, MAP_DAEMON_DATA: daemon.directory } });
    expect(stdout).toMatch(EXPECTED[heading] ?? /^\b$/);
  });
});
