import type { PageOptions } from './collection.js';
import type { TraverseResult } from './gen/map/v1/queries_pb.js';
import { nextToken, pageToWire, throughPages, type WirePageRequest } from './internal/paging.js';
import type { TransactionScope } from './internal/scope.js';
import { propertiesFromWire } from './internal/values.js';
import type { Row } from './query.js';

/** One page of the rows of a query. */
export interface RowPage<Properties extends object> {
  /** The rows, in the order of the query. */
  readonly rows: readonly Row<Properties>[];
  /** Takes the next page; absent when this was the last. Opaque, and good for this query in this transaction only. */
  readonly nextToken?: string;
}

/**
 * The rows of a query in their order, fetched page by page as they are needed: iterate with `for await`, or take all, the first,
 * or one page. Nothing is sent before that, and each iteration asks anew. A page goes on after the last row of the page before in
 * what is in view by then.
 */
export class RowCollection<Properties extends object> implements AsyncIterable<Row<Properties>> {
  readonly #scope: TransactionScope;
  readonly #fetch: (page: WirePageRequest) => Promise<TraverseResult>;
  readonly #pageSize: number;

  private constructor(scope: TransactionScope, fetch: (page: WirePageRequest) => Promise<TraverseResult>, pageSize: number) {
    this.#scope = scope;
    this.#fetch = fetch;
    this.#pageSize = pageSize;
  }

  /** @internal */
  static of<Properties extends object>(
    scope: TransactionScope, fetch: (page: WirePageRequest) => Promise<TraverseResult>, pageSize = 0,
  ): RowCollection<Properties> {
    return new RowCollection(scope, fetch, pageSize);
  }

  /** One page; sends one query. */
  async page(options: PageOptions = {}): Promise<RowPage<Properties>> {
    const page = await this.#fetch(pageToWire(options, this.#pageSize));
    const rows = page.rows.flatMap(({ reference, properties }) =>
      reference ? [{ holon: this.#scope.holon(reference), properties: propertiesFromWire(properties) as Properties }] : []);
    return { rows, ...nextToken(page) };
  }

  /** The rows, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row<Properties>, void, undefined> {
    for await (const { rows } of throughPages((options) => this.page(options))) yield* rows;
  }

  /** All rows. */
  async toArray(): Promise<Row<Properties>[]> {
    const all: Row<Properties>[] = [];
    for await (const row of this) all.push(row);
    return all;
  }

  /** The first row; absent when there is none. Fetches one row only. */
  async first(): Promise<Row<Properties> | undefined> {
    const { rows } = await this.page({ size: 1 });
    return rows[0];
  }
}
