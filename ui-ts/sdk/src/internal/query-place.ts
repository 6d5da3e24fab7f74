import { MapDomainError, type DaemonError, type MapProblem } from '../errors.js';

/** A part of a query: where it stands in the object that the caller gave, and in the message made of it. */
export class Place {
  readonly #object: string;
  readonly #message: string;
  readonly #objectOfMessage: Map<string, string>;

  private constructor(object: string, message: string, objectOfMessage: Map<string, string>) {
    this.#object = object;
    this.#message = message;
    this.#objectOfMessage = objectOfMessage;
  }

  /** The whole query. */
  static root(): Place {
    return new Place('', '', new Map());
  }

  /**
   * A part of this part.
   *
   * @param object its path from here in the object: `steps`, `[0]`, or empty where the message alone has parts
   * @param message its path from here in the message, by which it is found again; empty where the object alone has parts
   */
  at(object: string, message = ''): Place {
    const part = new Place(join(this.#object, object), join(this.#message, message), this.#objectOfMessage);
    if (message !== '') this.#objectOfMessage.set(part.#message, part.#object);
    return part;
  }

  /** The error for a mistake in this part. */
  wrong(what: string): TypeError {
    return new TypeError(`${this.toString()}: ${what}`);
  }

  /** Where it stands in the object. */
  toString(): string {
    return this.#object === '' ? 'The query' : this.#object;
  }

  /** The place in the object for one that the daemon told: of the innermost part that both have. */
  inObject(message: string): string {
    for (let known = message; known !== ''; known = parent(known)) {
      const object = this.#objectOfMessage.get(known);
      if (object !== undefined) return object;
    }
    return message;
  }

  /** What a call threw, with places in the object instead of places in the message, which its text tells, too. */
  explain(thrown: unknown): unknown {
    if (!(thrown instanceof MapDomainError)) return thrown;
    const family = thrown.constructor as typeof DaemonError;
    return new family(thrown.errors.map((problem) => this.#relocate(problem)) as [MapProblem, ...MapProblem[]], thrown.cause);
  }

  #relocate(problem: MapProblem): MapProblem {
    if (problem.field === undefined) return problem;
    const field = this.inObject(problem.field);
    // In quotes it is the place; `seeds` may also be a word of the text.
    const quoted = JSON.stringify(problem.field);
    const message = problem.message.includes(quoted)
      ? problem.message.replaceAll(quoted, `"${field}"`)
      : `${field}: ${problem.message}`;
    return { ...problem, field, message };
  }
}

/** The name of a field as part of a path. */
export function fieldPath(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `[${JSON.stringify(name)}]`;
}

function join(path: string, part: string): string {
  return path === '' || part === '' || part.startsWith('[') ? path + part : `${path}.${part}`;
}

function parent(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
}
