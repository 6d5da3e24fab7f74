import type { CollectionOptions } from '../collection.js';
import { TraverseExplain, type TraversePlanStep, type TraverseResult } from '../gen/map/v1/queries_pb.js';
import type { CallOptions } from '../options.js';
import { BuiltQuery, type PlanStep, type Query } from '../query.js';
import { RowCollection } from '../rows.js';
import type { WirePageRequest } from './paging.js';
import { queryToWire, type WireQuery } from './query.js';
import { Place } from './query-place.js';
import { take, type TransactionScope } from './scope.js';

/** The rows of a query. */
export function rowsOf<Properties extends object>(
  scope: TransactionScope, query: Query | BuiltQuery<object>, options: CollectionOptions & CallOptions,
): RowCollection<Properties> {
  const place = Place.root();
  const message = queryToWire(BuiltQuery.objectOf(query), place);
  const fetch = (page: WirePageRequest) => ask(scope, { ...message, page }, place, options);
  return RowCollection.of(scope, fetch, options.pageSize);
}

/** The plan of a query. */
export async function explain(
  scope: TransactionScope, query: Query | BuiltQuery<object>, options: { readonly run?: boolean | undefined } & CallOptions,
): Promise<PlanStep[]> {
  const place = Place.root();
  const message = queryToWire(BuiltQuery.objectOf(query), place);
  const how = options.run === true ? TraverseExplain.RUN : TraverseExplain.PLAN;
  const { plan } = await ask(scope, { ...message, explain: how }, place, options);
  return (plan?.steps ?? []).map((step) => stepFromWire(step, place));
}

async function ask(scope: TransactionScope, value: WireQuery, place: Place, options: CallOptions): Promise<TraverseResult> {
  try {
    return take(await scope.query({ case: 'traverse', value }, options), 'traverse');
  } catch (error) {
    throw place.explain(error);
  }
}

function stepFromWire({ text, place: inMessage, index, mostRows, rowsRead }: TraversePlanStep, place: Place): PlanStep {
  return {
    text,
    place: place.inObject(inMessage),
    ...(index === '' ? {} : { index }),
    mostRows: Number(mostRows),
    ...(rowsRead === undefined ? {} : { rowsRead: Number(rowsRead) }),
  };
}
