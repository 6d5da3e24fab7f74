import type { BuiltQuery, Query } from './query.js';
import type { WorkProgress } from './watch.js';

/** What to export, and how. */
export interface ExportOptions {
  /** Only holons that this query finds, without `orderBy` and `select`; all without it. */
  readonly selection?: Query | BuiltQuery<object> | undefined;
  /** Leaves out links to holons that are not exported. Otherwise what they lead to must be there when the file is loaded. */
  readonly closed?: boolean | undefined;
  /** Takes along the core schema, which a new space has already. */
  readonly coreSchema?: boolean | undefined;
  /** Called now and then. */
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
  /** Ends the export, which then fails with a `MapTransportError` of status `CANCELED`. */
  readonly signal?: AbortSignal | undefined;
}

/** What an exported file holds. */
export interface ExportSummary {
  /** Holons in it. */
  readonly holons: number;
  /** Links in it. */
  readonly links: number;
  /** Links to holons that are not in it, kept or left out. */
  readonly outsideLinks: number;
  /** Holons of the core schema that were changed in this space, and are left out as all of it is. */
  readonly changedCoreHolons: number;
}

/**
 * Holons as one file in the import format, piece by piece: write the pieces one after the other to a file, or to wherever
 * `pipeline` of `node:stream` leads. Nothing is sent before the first is asked for, and each iteration exports anew. An export
 * that does not come to its end fails.
 */
export class HolonExport implements AsyncIterable<Uint8Array> {
  readonly #pieces: (onEnd: (summary: ExportSummary) => void) => AsyncGenerator<Uint8Array, void, undefined>;
  #summary: ExportSummary | undefined;

  private constructor(pieces: (onEnd: (summary: ExportSummary) => void) => AsyncGenerator<Uint8Array, void, undefined>) {
    this.#pieces = pieces;
  }

  /** @internal */
  static of(pieces: (onEnd: (summary: ExportSummary) => void) => AsyncGenerator<Uint8Array, void, undefined>): HolonExport {
    return new HolonExport(pieces);
  }

  /** What the file holds; absent before its last piece. */
  get summary(): ExportSummary | undefined {
    return this.#summary;
  }

  /** The pieces of the file. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    this.#summary = undefined;
    return this.#pieces((summary) => { this.#summary = summary; });
  }
}
