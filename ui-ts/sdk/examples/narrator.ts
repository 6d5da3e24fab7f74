// Prints what happens, for a person: numbered chapters of aligned lines, in colour on a terminal.
const LABEL_WIDTH = 12;
const TEXT_WIDTH = 62;

export class Narrator {
  readonly #colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  #chapter = 0;
  #last = performance.now();

  title(text: string): void {
    console.log(`\n${this.#paint('1', text)}`);
    this.#last = performance.now();
  }

  chapter(text: string): void {
    this.#chapter += 1;
    console.log(`\n ${this.#paint('1;36', `${this.#chapter}. ${text}`)}`);
    this.#last = performance.now();
  }

  /** One thing that was done, with the time since the line before. */
  did(label: string, text: string): void {
    const elapsed = performance.now() - this.#last;
    this.#print(label, text, elapsed < 1000 ? `${elapsed.toFixed(1)} ms` : `${(elapsed / 1000).toFixed(2)} s`);
    this.#last = performance.now();
  }

  /** One thing to see. */
  shows(label: string, text: string): void {
    this.#print(label, text, '');
    this.#last = performance.now();
  }

  says(text: string): void {
    console.log(`    ${this.#paint('2', text)}`);
    this.#last = performance.now();
  }

  #print(label: string, text: string, time: string): void {
    const painted = this.#paint('32', label.padEnd(LABEL_WIDTH));
    const line = `    ${painted} ${time === '' ? text : text.padEnd(TEXT_WIDTH)}`;
    console.log(time === '' ? line : `${line} ${this.#paint('2', time.padStart(9))}`);
  }

  #paint(code: string, text: string): string {
    return this.#colours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
