import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ContentId, ContentSource, UploadOptions } from './content.js';
import { MapTransportError } from './errors.js';
import {
  TransactionStatus as WireStatus, ValidationMode,
  type CreateSpaceRequestSchema, type SpaceInfo, type TransactionInfo,
} from './gen/map/v1/map_spaces_pb.js';
import { HolonId, holonIdFromWire, idToWire, uuidFromBytes, uuidToBytes } from './ids.js';
import type { Connection } from './internal/connection.js';
import { contentIdsToWire, upload } from './internal/upload.js';
import { watchCommits } from './internal/watch.js';
import type { CallOptions } from './options.js';
import { MapTransaction } from './transaction.js';
import { Timestamp } from './values.js';
import type { WatchedCommit, WatchOptions } from './watch.js';

/** What violations of types do to a commit: fail it, or come as warnings. */
export type Validation = 'enforce' | 'report';

/** What a new space starts with. */
export interface CreateSpaceOptions extends UploadOptions, CallOptions {
  /** The daemon's core schema (the default), no schema at all, or import files. */
  readonly schema?: 'core' | 'none' | { readonly files: readonly ContentSource[] } | undefined;
  /** What violations do to a commit; `enforce` by default. */
  readonly validation?: Validation | undefined;
}

/** A space with its figures. */
export interface SpaceDescription {
  /** The number of the last commit; 0 is the one that saved the space's own holon. */
  readonly lastCommit: number;
  /** Live holons, the space's own holon not counted. */
  readonly holons: number;
  /** Transactions that are open now. */
  readonly openTransactions: number;
  /** How many watch its commits now. */
  readonly watchers: number;
  /** The space's own holon. */
  readonly holonId: HolonId;
}

/** Lifecycle of a transaction. Committed and rolled back are final. */
export type TransactionState = 'OPEN' | 'COMMITTING' | 'COMMITTED' | 'ROLLED_BACK';

/** A transaction from outside. */
export interface TransactionSummary {
  /** Names it for `resume` and `transactionStatus`. Opaque. */
  readonly id: string;
  /** What the work is, for a person. */
  readonly label: string;
  /** The program that began it. */
  readonly client: string;
  /** Where it is in its life. */
  readonly status: TransactionState;
  /** The number of the commit that it reads as of. */
  readonly snapshot: number;
  /** When it began. */
  readonly begunAt: Date;
  /** How many holons are staged in it. */
  readonly staged: number;
  /** For a committed one: the number of its commit. */
  readonly commitNumber?: number;
}

/** Options of a new transaction. */
export interface BeginOptions extends CallOptions {
  /** What the work is, for a person; at most 200 characters. */
  readonly label?: string | undefined;
  /** The number of the commit to read as of; the latest by default. */
  readonly snapshot?: number | undefined;
}

/** The spaces of a daemon. */
export class Spaces {
  readonly #connection: Connection;
  readonly #clientName: string;

  private constructor(connection: Connection, clientName: string) {
    this.#connection = connection;
    this.#clientName = clientName;
  }

  /** @internal */
  static of(connection: Connection, clientName: string): Spaces {
    return new Spaces(connection, clientName);
  }

  /**
   * Creates a space.
   *
   * @param name 1 to 100 characters: letters, digits, space, `-`, `_` and `.`; unique without regard to case
   * @throws LookupError of code `SPACE_EXISTS`
   */
  async create(name: string, options: CreateSpaceOptions = {}): Promise<Space> {
    const validation = options.validation === 'report' ? ValidationMode.REPORT : ValidationMode.ENFORCE;
    const schema = await this.#schemaToWire(options);
    const request = { name, validation, schema };
    const { space } = await this.#connection.call((rpc) => this.#connection.spaces.createSpace(request, rpc), options);
    return this.#space(space);
  }

  /** All spaces by name. */
  async list(options?: CallOptions): Promise<Space[]> {
    const { spaces } = await this.#connection.call((rpc) => this.#connection.spaces.listSpaces({}, rpc), options);
    return spaces.map((space) => this.#space(space));
  }

  /**
   * One space by its name.
   *
   * @throws LookupError of code `SPACE_NOT_FOUND`
   */
  async get(name: string, options?: CallOptions): Promise<Space> {
    const request = { space: { by: { case: 'name' as const, value: name } } };
    const { space } = await this.#connection.call((rpc) => this.#connection.spaces.describeSpace(request, rpc), options);
    return this.#space(space);
  }

  #space(info: SpaceInfo | undefined): Space {
    return Space.of(this.#connection, this.#clientName, present(info, 'space'));
  }

  async #schemaToWire(options: CreateSpaceOptions): Promise<SchemaInit> {
    const { schema = 'core' } = options;
    if (schema === 'core') return { case: 'core', value: {} };
    if (schema === 'none') return { case: 'none', value: {} };
    const contentIds = contentIdsToWire(await upload(this.#connection, schema.files, options));
    return { case: 'content', value: { contentIds } };
  }
}

/** A space: holons with a history of commits of their own. What it says of itself is as of when it was asked for. */
export class Space {
  /** The space's id, a UUID. */
  readonly id: string;
  /** Its name, unique without regard to case. */
  readonly name: string;
  /** What violations do to a commit. */
  readonly validation: Validation;
  /** When it was created. */
  readonly createdAt: Date;
  readonly #connection: Connection;
  readonly #clientName: string;

  private constructor(connection: Connection, clientName: string, info: SpaceInfo) {
    this.#connection = connection;
    this.#clientName = clientName;
    this.id = uuidFromBytes(info.spaceId);
    this.name = info.name;
    this.validation = info.validation === ValidationMode.REPORT ? 'report' : 'enforce';
    this.createdAt = new Timestamp(info.createdAt?.unixMicros ?? 0n);
  }

  /** @internal */
  static of(connection: Connection, clientName: string, info: SpaceInfo): Space {
    return new Space(connection, clientName, info);
  }

  /**
   * Begins a transaction that reads the space as of now, or as of an earlier commit.
   *
   * @throws LookupError of code `COMMIT_NOT_FOUND` when there is no commit of that number yet
   */
  async begin(options: BeginOptions = {}): Promise<MapTransaction> {
    const { label = '', snapshot } = options;
    const request = {
      ...this.#selector(), label, client: this.#clientName,
      ...(snapshot === undefined ? {} : { snapshot: BigInt(snapshot) }),
    };
    const begun = await this.#connection.call((rpc) => this.#connection.spaces.beginTransaction(request, rpc), options);
    const id = present(begun.transactionId, 'transaction id');
    return MapTransaction.of(this.#connection, id, label, Number(begun.snapshot));
  }

  /** The space's figures. */
  async describe(options?: CallOptions): Promise<SpaceDescription> {
    const request = this.#selector();
    const figures = await this.#connection.call((rpc) => this.#connection.spaces.describeSpace(request, rpc), options);
    return {
      lastCommit: Number(figures.lastCommit),
      holons: Number(figures.holons),
      openTransactions: Number(figures.openTransactions),
      watchers: Number(figures.watchers),
      holonId: holonIdFromWire(present(figures.holonId, 'holon id')),
    };
  }

  /** Its open transactions, oldest first, also those that other clients began and left behind: see `resume`. */
  async openTransactions(options?: CallOptions): Promise<TransactionSummary[]> {
    const request = this.#selector();
    const answer = await this.#connection.call((rpc) => this.#connection.spaces.listTransactions(request, rpc), options);
    return answer.transactions.map(summaryFromWire);
  }

  /**
   * Goes on with an open transaction, whoever began it: with what is staged in it and its history of undo. Two clients
   * that use one transaction at the same time see each other's steps.
   *
   * @param id `tx.id`, or the id of a summary
   * @throws TransactionError when it has ended, or is not known
   */
  async resume(id: string, options?: CallOptions): Promise<MapTransaction> {
    const request = { transactionId: idToWire(HolonId.parse(id)) };
    const answer = await this.#connection.call((rpc) => this.#connection.spaces.getTransaction(request, rpc), options);
    const { transactionId, label, snapshot, status } = present(answer.transaction, 'transaction');
    const tx = MapTransaction.of(this.#connection, present(transactionId, 'transaction id'), label, Number(snapshot));
    // One that has ended refuses this, and says how it ended.
    if (status !== WireStatus.OPEN) await tx.stagedCount(options);
    return tx;
  }

  /**
   * What became of a transaction, also after it ended and after a restart of the daemon.
   *
   * @param id `tx.id`, or the id of a summary
   */
  async transactionStatus(id: string, options?: CallOptions): Promise<TransactionSummary> {
    const request = { transactionId: idToWire(HolonId.parse(id)) };
    const answer = await this.#connection.call((rpc) => this.#connection.spaces.getTransaction(request, rpc), options);
    return summaryFromWire(present(answer.transaction, 'transaction'));
  }

  /**
   * What is committed in the space: each commit whole, once and in order, as it happens. The loop goes on until it is
   * left or aborted: when the daemon is restarted, the connection breaks or the loop reads too slowly, it begins
   * again after the last commit seen. `timeoutMs` of the client does not apply.
   *
   * @throws MapError when it cannot begin, or ends for a reason that does not pass, say `COMMIT_NOT_FOUND`
   */
  watch(options: WatchOptions = {}): AsyncGenerator<WatchedCommit, void, undefined> {
    return watchCommits(this.#connection, uuidToBytes(this.id), options);
  }

  /** Uploads files in chunks for `loadHolons`; returns an id for each, in their order. */
  putContent(files: readonly ContentSource[], options: UploadOptions & CallOptions = {}): Promise<ContentId[]> {
    return upload(this.#connection, files, options);
  }

  #selector() {
    return { space: { by: { case: 'spaceId' as const, value: uuidToBytes(this.id) } } };
  }
}

type SchemaInit = NonNullable<MessageInitShape<typeof CreateSpaceRequestSchema>['schema']>;

function summaryFromWire(info: TransactionInfo): TransactionSummary {
  return {
    id: holonIdFromWire(present(info.transactionId, 'transaction id')).toString(),
    label: info.label,
    client: info.client,
    status: WireStatus[info.status] as TransactionState,
    snapshot: Number(info.snapshot),
    begunAt: new Timestamp(info.begunAt?.unixMicros ?? 0n),
    staged: Number(info.staged),
    ...(info.commitNumber === undefined ? {} : { commitNumber: Number(info.commitNumber) }),
  };
}

function present<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new MapTransportError('UNEXPECTED_ANSWER', `The daemon answered without the ${what}; SDK and daemon do not fit.`);
}
