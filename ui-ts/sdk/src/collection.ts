import type { Holon } from './holon.js';
import type { HolonMember, HolonPage as WirePage } from './gen/map/v1/holons_pb.js';
import { nextToken, pageToWire, throughPages, type WirePageRequest } from './internal/paging.js';
import type { TransactionScope } from './internal/scope.js';

/** A member of a collection with what lists show of it. */
export interface HolonEntry {
  /** The holon. */
  readonly holon: Holon;
  /** Its key; absent for a keyless holon. */
  readonly key?: string;
}

/** One page of a collection. */
export interface HolonPage {
  /** The members, in the collection's stable order. */
  readonly entries: readonly HolonEntry[];
  /** Takes the next page; absent when this was the last. Opaque, and good in this transaction only. */
  readonly nextToken?: string;
}

/** Which page. */
export interface PageOptions {
  /** How many members at most; the daemon's default is 100, its limit 1,000. */
  readonly size?: number | undefined;
  /** `nextToken` of the page before; the first page without it. */
  readonly token?: string | undefined;
}

/** Options of a collection. */
export interface CollectionOptions {
  /** How many members to fetch at a time when iterating. */
  readonly pageSize?: number | undefined;
}

/** Fetches one page. */
type Fetch = (page: WirePageRequest) => Promise<WirePage>;

/**
 * Holons in a stable order, fetched page by page as they are needed: iterate with `for await`, or take all, the
 * first, or one page. Nothing is sent before that, and each iteration reads anew. Members that do not change
 * meanwhile appear exactly once, whatever is staged between two pages.
 */
export class HolonCollection implements AsyncIterable<Holon> {
  readonly #scope: TransactionScope;
  readonly #fetch: Fetch;
  readonly #pageSize: number;

  private constructor(scope: TransactionScope, fetch: Fetch, pageSize: number) {
    this.#scope = scope;
    this.#fetch = fetch;
    this.#pageSize = pageSize;
  }

  /** @internal */
  static of(scope: TransactionScope, fetch: Fetch, options: CollectionOptions): HolonCollection {
    return new HolonCollection(scope, fetch, options.pageSize ?? 0);
  }

  /** One page; sends one query. */
  async page(options: PageOptions = {}): Promise<HolonPage> {
    const page = await this.#fetch(pageToWire(options, this.#pageSize));
    return { entries: entriesFromWire(this.#scope, page.members), ...nextToken(page) };
  }

  /** The members with their keys, which come with the pages and cost no further query. */
  async *entries(): AsyncGenerator<HolonEntry, void, undefined> {
    for await (const { entries } of throughPages((options) => this.page(options))) yield* entries;
  }

  /** The members, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Holon, void, undefined> {
    for await (const { holon } of this.entries()) yield holon;
  }

  /** All members. */
  async toArray(): Promise<Holon[]> {
    const holons: Holon[] = [];
    for await (const holon of this) holons.push(holon);
    return holons;
  }

  /** The first member; absent when there is none. Fetches one member only. */
  async first(): Promise<Holon | undefined> {
    const { entries } = await this.page({ size: 1 });
    return entries[0]?.holon;
  }
}

/** @internal */
export function entriesFromWire(scope: TransactionScope, members: readonly HolonMember[]): HolonEntry[] {
  return members.flatMap(({ reference, key }) =>
    reference ? [{ holon: scope.holon(reference), ...(key === undefined ? {} : { key }) }] : []);
}
