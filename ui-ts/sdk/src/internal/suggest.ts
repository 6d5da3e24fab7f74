/** How many slips of the pen a suggestion allows. */
const MOST_SLIPS = 2;

/** What to add to a complaint about an unknown name: the known one that was probably meant, or all of them. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, slips: slipsBetween(unknown.toLowerCase(), name.toLowerCase()) }))
    .filter(({ slips }) => slips <= MOST_SLIPS)
    .sort((a, b) => a.slips - b.slips);
  return nearest ? `did you mean ${nearest.name}?` : `there is ${known.join(', ')}.`;
}

/** How many letters have to be put in, left out or exchanged for another. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const exchanged = (row[j] ?? 0) + (letter === b.charAt(j) ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
