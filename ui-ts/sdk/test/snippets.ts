import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The TypeScript blocks of the README, in order, each under the heading that it stands under. */
export function readmeSnippets(): { readonly heading: string; readonly code: string }[] {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    heading: readme.slice(0, match.index).match(/^## .*$/gm)?.at(-1)?.slice(3) ?? '',
    code: match[1] ?? '',
  }));
}
