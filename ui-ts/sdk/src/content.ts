import type { MapProblem } from './errors.js';

/**
 * A file to upload: a path (or `file:` URL) on this machine, or a name, which errors show, with content. A stream is
 * read once.
 */
export type ContentSource =
  | string
  | URL
  | { readonly name: string; readonly content: string | Uint8Array | AsyncIterable<Uint8Array> };

/** Names uploaded content; opaque. It expires when unused. */
export type ContentId = string;

/** How far an upload is. */
export interface UploadProgress {
  /** The file under way. */
  readonly file: string;
  /** Its place among the files, from 1. */
  readonly fileNumber: number;
  /** How many files there are. */
  readonly fileCount: number;
  /** Bytes of all files handed over so far. */
  readonly sentBytes: number;
  /** Bytes of all files; absent when a stream is among them. */
  readonly totalBytes?: number;
}

/** Options of an upload. */
export interface UploadOptions {
  /** Called after each chunk, and with `sentBytes` equal to `totalBytes` at the end. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** A target of a relationship in the import format: a key, `{ $ref: key }`, an embedded holon, or a saved holon. */
export type ImportTarget =
  | string
  | { readonly $ref: string }
  | { readonly space: string; readonly id: string }
  | ImportHolon;

/** A holon in the import format. */
export interface ImportHolon {
  /** Its key, if it has one. */
  readonly key?: string;
  /** The key of its type: shorthand for `DescribedBy`. */
  readonly type: string;
  /** Its properties, typed by its type where that says how. */
  readonly properties: Readonly<Record<string, ImportValue | readonly ImportValue[]>>;
  /** Its relationships by their declared names. */
  readonly relationships?: readonly {
    readonly name: string;
    readonly target: ImportTarget | readonly ImportTarget[];
  }[];
}

/** A value in the import format. */
export type ImportValue = string | number | boolean;

/** A file of the import format. */
export interface ImportGraph {
  /** Facts about the file; `load_with` names files that belong to it. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** The holons; they may refer to each other in any order. */
  readonly holons: readonly ImportHolon[];
}

/** What to load: all of it is one set, in which references between files are found. */
export interface LoadSource {
  /** Small graphs, written down in the program. */
  readonly graph?: ImportGraph | readonly ImportGraph[];
  /** Content uploaded before. */
  readonly content?: readonly ContentId[];
  /** Files to upload now. */
  readonly files?: readonly ContentSource[];
}

/** What a load did. */
export interface LoadReceipt {
  /** Holons of the sources, each staged for create. */
  readonly holons: number;
  /** Relationship targets resolved. */
  readonly targets: number;
  /** Saved holons staged for update, since the sources give links of theirs by inverse names. */
  readonly updated: number;
  /** What is questionable but did not stop the load. */
  readonly warnings: readonly MapProblem[];
}
