import { HolonCollection, type CollectionOptions } from './collection.js';
import type { CommitReceipt, Findings } from './commit.js';
import type { LoadReceipt, LoadSource, UploadOptions } from './content.js';
import { TransactionError } from './errors.js';
import type { ExportOptions, HolonExport } from './export.js';
import type { TransactionId } from './gen/map/v1/holons_pb.js';
import { RefreshChoice_Keep } from './gen/map/v1/mutations_pb.js';
import { Holon, type NewHolonContent } from './holon.js';
import { holonIdFromWire, idToWire, HolonId } from './ids.js';
import type { Connection } from './internal/connection.js';
import { exportHolons } from './internal/export.js';
import { load } from './internal/load.js';
import { contentToWire } from './internal/new-holon.js';
import type { WirePageRequest } from './internal/paging.js';
import { explain, rowsOf } from './internal/traverse.js';
import { take, TransactionScope } from './internal/scope.js';
import { watchTransaction } from './internal/progress.js';
import type { CallOptions, MutationOptions } from './options.js';
import type { BuiltQuery, PlanStep, Query, SelectedByName } from './query.js';
import type { RowCollection } from './rows.js';
import type { TransactionNews } from './watch.js';

/** What to keep of staged holons that others changed meanwhile. */
export interface RefreshChoices {
  /** Keep what is staged, whole, on top of the latest version; not of a holon that was deleted. */
  readonly mine?: readonly Holon[] | undefined;
  /** Keep the latest version, and drop what is staged of the holon with its changes of links. */
  readonly theirs?: readonly Holon[] | undefined;
}

/** What may be said of an undo marker. */
export interface MarkerOptions {
  /** For the client alone, up to 1,000 bytes; never interpreted. */
  readonly label?: string;
}

/** Which ways in the history are open. */
export interface EditStatus {
  /** Whether there is a step to undo. */
  readonly canUndo: boolean;
  /** Whether there is an undone step to re-apply. */
  readonly canRedo: boolean;
}

/** Which holons to list. */
export interface GetAllFilter {
  /** Only holons described by this type. */
  readonly type?: Holon | undefined;
  /** Also those of types that extend it. */
  readonly withSubtypes?: boolean | undefined;
  /** Only holons whose key starts with this; they then come in the order of their keys, else of their creation. */
  readonly keyPrefix?: string | undefined;
}

/**
 * A unit of work on a space. It reads the space as of its beginning, with its own staged changes on top; commit saves
 * all of them or nothing. Each method sends exactly one command.
 *
 * ```ts
 * await using tx = await space.begin({ label: 'tidy up' });
 * ```
 *
 * rolls back at the end of the block unless it was committed.
 */
export class MapTransaction implements AsyncDisposable {
  /** Names the transaction for `space.resume` and, also after it ended, for `space.transactionStatus`. Opaque. */
  readonly id: string;
  /** What the work is, for a person. */
  readonly label: string;
  /** The number of the commit that it read as of when it began or was resumed; `refresh` moves on from there. */
  readonly snapshot: number;
  readonly #scope: TransactionScope;
  #ended = false;

  private constructor(scope: TransactionScope, label: string, snapshot: number) {
    this.#scope = scope;
    this.id = holonIdFromWire(scope.id).toString();
    this.label = label;
    this.snapshot = snapshot;
  }

  /** @internal */
  static of(connection: Connection, id: TransactionId, label: string, snapshot: number): MapTransaction {
    return new MapTransaction(new TransactionScope(connection, id, (scope, reference) => Holon.of(scope, reference)), label, snapshot);
  }

  /** Makes a transient holon: scratch of this transaction, never saved. */
  async newHolon(content: NewHolonContent = {}, options?: MutationOptions): Promise<Holon> {
    const reply = await this.#scope.mutate({ case: 'newHolon', value: { content: contentToWire(content) } }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** Stages a holon for create, from content or from a transient holon, which remains. */
  async stageNewHolon(source: NewHolonContent | Holon, options?: MutationOptions): Promise<Holon> {
    const value = source instanceof Holon
      ? { source: { case: 'transient' as const, value: Holon.referenceOf(source) } }
      : { source: { case: 'content' as const, value: contentToWire(source) } };
    const reply = await this.#scope.mutate({ case: 'stageNewHolon', value }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** Stages a saved holon for update and returns the staged one, which can be changed. */
  stageNewVersion(holon: Holon, options?: MutationOptions): Promise<Holon> {
    return this.#own(holon).stageNewVersion(options);
  }

  /** Makes a transient copy of a holon, which may be of any phase or version. */
  cloneHolon(holon: Holon, options?: MutationOptions): Promise<Holon> {
    return this.#own(holon).clone(options);
  }

  /** Stages a copy of a holon for create under another key; without a key when none is given. */
  stageNewFromClone(holon: Holon, key?: string, options?: MutationOptions): Promise<Holon> {
    return this.#own(holon).stageNewFromClone(key, options);
  }

  /**
   * Stages a saved holon for delete, or drops one staged for create, with all that relationships which cascade take along.
   * Takes effect at commit.
   *
   * @returns how many holons go, this one among them
   */
  deleteHolon(holon: Holon, options?: MutationOptions): Promise<number> {
    return this.#own(holon).delete(options);
  }

  /**
   * Loads holons in the import format as one undo step. `files`, and a graph that is large, are uploaded first.
   *
   * @throws LoaderError that has all mistakes, each with file, line and column; nothing is loaded then
   */
  loadHolons(source: LoadSource, options: UploadOptions & MutationOptions = {}): Promise<LoadReceipt> {
    return load(this.#scope, source, options);
  }

  /**
   * Moves the transaction to the latest commit, as one undo step, with what is staged on top. A staged holon is in
   * conflict when it was deleted since, when it has a further version and commit would save or end one, or when it is
   * staged for delete and was linked with others since.
   *
   * @param choices for each conflict, the staged holon; choices for other staged holons have no effect
   * @throws CommitError of code `CONFLICT` that has all undecided conflicts, each with its holon as `subject`; nothing
   * has changed then
   */
  async refresh(choices: RefreshChoices = {}, options?: CallOptions): Promise<void> {
    const { mine = [], theirs = [] } = choices;
    const wire = [
      ...mine.map((holon) => ({ holon: Holon.referenceOf(holon), keep: RefreshChoice_Keep.MINE })),
      ...theirs.map((holon) => ({ holon: Holon.referenceOf(holon), keep: RefreshChoice_Keep.THEIRS })),
    ];
    await this.#scope.mutate({ case: 'refresh', value: { choices: wire } }, options);
  }

  /** Reverses the last step. */
  async undo(options?: MutationOptions): Promise<void> {
    await this.#scope.mutate({ case: 'undo', value: {} }, options);
  }

  /** Re-applies the step undone last. */
  async redo(options?: MutationOptions): Promise<void> {
    await this.#scope.mutate({ case: 'redo', value: {} }, options);
  }

  /**
   * Places a marker at the current position, to come back to with `undoToMarker` and `redoToMarker`. Not an undo step. It
   * stays until a change after an undo past it clears its position.
   *
   * @param id unique in the transaction, up to 200 bytes; `crypto.randomUUID()` will do
   * @throws HistoryError of code `DUPLICATE_MARKER` while there is one of that id
   */
  async addUndoMarker(id: string, options: MarkerOptions & MutationOptions = {}): Promise<void> {
    const { label, ...rest } = options;
    const value = { markerId: id, ...(label === undefined ? {} : { label }) };
    await this.#scope.mutate({ case: 'addUndoMarker', value }, rest);
  }

  /**
   * Undoes back to a marker; does nothing when that is the current position.
   *
   * @throws HistoryError of code `UNKNOWN_MARKER`, or `MARKER_NOT_REACHABLE` when it lies ahead; nothing has changed then
   */
  async undoToMarker(id: string, options?: MutationOptions): Promise<void> {
    await this.#scope.mutate({ case: 'undoToMarker', value: { markerId: id } }, options);
  }

  /**
   * Redoes forward to a marker; does nothing when that is the current position.
   *
   * @throws HistoryError of code `UNKNOWN_MARKER`, or `MARKER_NOT_REACHABLE` when it lies behind; nothing has changed then
   */
  async redoToMarker(id: string, options?: MutationOptions): Promise<void> {
    await this.#scope.mutate({ case: 'redoToMarker', value: { markerId: id } }, options);
  }

  /** Whether there is something to undo and to redo, for the buttons of an editor. */
  async editStatus(options?: CallOptions): Promise<EditStatus> {
    const { canUndo, canRedo } = take(await this.#scope.query({ case: 'editStatus', value: {} }, options), 'editStatus');
    return { canUndo, canRedo };
  }

  /**
   * What `commit` would find wrong now, all at once and without saving or changing anything: for an editor to show beside
   * what it concerns. The first 1,000 are listed and the rest counted.
   */
  async validate(options?: CallOptions): Promise<Findings> {
    const { errors, warnings } = take(await this.#scope.query({ case: 'validate', value: {} }, options), 'findings');
    return { errors: this.#scope.problems(errors), warnings: this.#scope.problems(warnings) };
  }

  /**
   * Saves all staged holons in one atomic, durable write and ends the transaction.
   *
   * @throws CommitError when it did not happen, with all reasons in `errors`; the transaction is open and unchanged then,
   * so that it can be mended
   */
  async commit(options?: CallOptions): Promise<CommitReceipt> {
    const reply = await this.#scope.mutate({ case: 'commit', value: {} }, options);
    this.#ended = true;
    const { commitNumber, saved, deleted, savedCount, deletedCount } = take(reply, 'commit');
    return {
      commitNumber: Number(commitNumber),
      saved: saved.map(holonIdFromWire),
      savedCount: Number(savedCount),
      deleted: deleted.map(holonIdFromWire),
      deletedCount: Number(deletedCount),
      warnings: reply.warnings,
    };
  }

  /**
   * Tells how things are with the transaction and how far its load or commit is: now, and then whenever that changes,
   * until it has ended. A loop that takes long over one misses those in between, and holds nothing up.
   *
   * ```ts
   * for await (const { progress } of tx.watch()) if (progress) console.log(progress.step, progress.done, progress.total);
   * ```
   */
  watch(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<TransactionNews, void, undefined> {
    return watchTransaction(this.#scope, options.signal);
  }

  /** Drops everything and ends the transaction. */
  async rollback(options?: CallOptions): Promise<void> {
    await this.#scope.mutate({ case: 'rollback', value: {} }, options);
    this.#ended = true;
  }

  /** Holons in view, staged over saved. */
  getAll(filter: GetAllFilter = {}, options: CollectionOptions & CallOptions = {}): HolonCollection {
    const { type, withSubtypes = false, keyPrefix } = filter;
    const which = {
      ...(type ? { type: Holon.referenceOf(type) } : {}),
      ...(keyPrefix === undefined ? {} : { keyPrefix }),
      withSubtypes,
    };
    const fetch = async (page: WirePageRequest) =>
      take(await this.#scope.query({ case: 'getAll', value: { ...which, page } }, options), 'page');
    return HolonCollection.of(this.#scope, fetch, options);
  }

  /**
   * The one holon of that key in view; with a type, the one of that type.
   *
   * @throws LookupError of code `KEY_NOT_FOUND`, or `AMBIGUOUS_KEY` when several types have the key
   */
  async getByKey(key: string, options: { readonly type?: Holon | undefined } & CallOptions = {}): Promise<Holon> {
    const value = { key, ...(options.type ? { type: Holon.referenceOf(options.type) } : {}) };
    return this.#scope.holon(take(await this.#scope.query({ case: 'getByKey', value }, options), 'reference'));
  }

  /**
   * The holon of that id in view; with a version, that saved version.
   *
   * @throws LookupError of code `HOLON_NOT_FOUND` or `VERSION_NOT_FOUND`
   */
  async getById(id: HolonId | string, options: { readonly version?: number | undefined } & CallOptions = {}): Promise<Holon> {
    const { version } = options;
    const holonId = idToWire(typeof id === 'string' ? HolonId.parse(id) : id);
    const value = { holonId, ...(version === undefined ? {} : { version }) };
    return this.#scope.holon(take(await this.#scope.query({ case: 'getById', value }, options), 'reference'));
  }

  /**
   * Asks a question over many hops, put together by `query` or as a plain object. The rows come page by page; a signal ends the
   * query also in the daemon.
   *
   * ```ts
   * tx.traverse(query.from('Book').where({ Form: 'Novel' }).follow('AuthoredBy').distinct().select('Name'))
   * ```
   *
   * Names that no type of the holons concerned knows, and limits, are errors of the first page, with the place in the query as
   * `field`, say `steps[1].follow`.
   *
   * @throws TypeError that begins with the place of the mistake, for what is no query
   */
  traverse<const Name extends string = never, Properties extends object = SelectedByName<Name>>(
    query: Query<Name> | BuiltQuery<Properties>, options: CollectionOptions & CallOptions = {},
  ): RowCollection<Properties> {
    return rowsOf(this.#scope, query, options);
  }

  /**
   * How a query is worked out, in words, with the indexes that it uses and how much it reads at most. It searches nothing, unless
   * it is run: then with how much each step read.
   */
  explain(query: Query | BuiltQuery<object>, options: { readonly run?: boolean | undefined } & CallOptions = {}): Promise<PlanStep[]> {
    return explain(this.#scope, query, options);
  }

  /**
   * Writes the holons in view, all or those that a query finds, as one file in the import format, of which the loading makes the
   * same graph. The same graph gives the same bytes.
   *
   * ```ts
   * await pipeline(tx.export({ selection: query.from('Book') }), createWriteStream('books.json'));
   * ```
   *
   * @throws TypeError that begins with the place of the mistake, for a selection that is no query
   */
  export(options: ExportOptions = {}): HolonExport {
    return exportHolons(this.#scope, options);
  }

  /** The staged holons of that key as it is staged: for create, update or delete. */
  stagedByBaseKey(key: string, options: CollectionOptions & CallOptions = {}): HolonCollection {
    const fetch = async (page: WirePageRequest) =>
      take(await this.#scope.query({ case: 'stagedByBaseKey', value: { key, page } }, options), 'page');
    return HolonCollection.of(this.#scope, fetch, options);
  }

  /**
   * The one staged holon of that versioned key, as `versionedKey` gives it: `key__0` when it is staged for create.
   *
   * @throws LookupError of code `KEY_NOT_FOUND`, or `AMBIGUOUS_KEY` with the candidates
   */
  async stagedByVersionedKey(versionedKey: string, options?: CallOptions): Promise<Holon> {
    const reply = await this.#scope.query({ case: 'stagedByVersionedKey', value: { versionedKey } }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** The transient holons of that key. */
  transientByBaseKey(key: string, options: CollectionOptions & CallOptions = {}): HolonCollection {
    const fetch = async (page: WirePageRequest) =>
      take(await this.#scope.query({ case: 'transientByBaseKey', value: { key, page } }, options), 'page');
    return HolonCollection.of(this.#scope, fetch, options);
  }

  /**
   * The one transient holon of that versioned key, `key__0`.
   *
   * @throws LookupError of code `KEY_NOT_FOUND`, or `AMBIGUOUS_KEY` with the candidates
   */
  async transientByVersionedKey(versionedKey: string, options?: CallOptions): Promise<Holon> {
    const reply = await this.#scope.query({ case: 'transientByVersionedKey', value: { versionedKey } }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** How many holons are staged. */
  async stagedCount(options?: CallOptions): Promise<number> {
    return Number(take(await this.#scope.query({ case: 'stagedCount', value: {} }, options), 'count'));
  }

  /** How many transient holons there are. */
  async transientCount(options?: CallOptions): Promise<number> {
    return Number(take(await this.#scope.query({ case: 'transientCount', value: {} }, options), 'count'));
  }

  /** Rolls back unless the transaction has ended; what `await using` calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    try {
      await this.rollback();
    } catch (error) {
      // It ended without this handle learning of it, say by a commit whose reply was lost.
      if (!(error instanceof TransactionError)) throw error;
      this.#ended = true;
    }
  }

  // The command goes to this transaction, whatever transaction the handle is of: the daemon tells them apart.
  #own(holon: Holon): Holon {
    return this.#scope.holon(Holon.referenceOf(holon));
  }
}
