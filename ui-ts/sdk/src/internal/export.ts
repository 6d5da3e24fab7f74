import type { MessageInitShape } from '@bufbuild/protobuf';
import { MapTransportError } from '../errors.js';
import { HolonExport, type ExportOptions, type ExportSummary } from '../export.js';
import type { ExportRequestSchema, ExportSummary as WireSummary } from '../gen/map/v1/map_spaces_pb.js';
import { mergeOptions } from '../options.js';
import { BuiltQuery } from '../query.js';
import { progressFromWire } from './progress.js';
import { Place } from './query-place.js';
import { queryToWire } from './query.js';
import type { TransactionScope } from './scope.js';

/** The holons of a transaction's view as a file. */
export function exportHolons(scope: TransactionScope, options: ExportOptions): HolonExport {
  const place = Place.root().at('selection', 'selection');
  const selection = options.selection && queryToWire(BuiltQuery.objectOf(options.selection), place);
  const request = {
    transactionId: scope.id,
    ...(selection ? { selection } : {}),
    closed: options.closed ?? false,
    withCoreSchema: options.coreSchema ?? false,
  };
  return HolonExport.of((onEnd) => pieces(scope, { request, place }, options, onEnd));
}

async function* pieces(
  { connection }: TransactionScope,
  { request, place }: { readonly request: MessageInitShape<typeof ExportRequestSchema>; readonly place: Place },
  { signal, onProgress }: ExportOptions,
  onEnd: (summary: ExportSummary) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const call = new AbortController();
  const ends = mergeOptions(connection.defaults, { signal }).signal;
  const either = ends ? AbortSignal.any([ends, call.signal]) : call.signal;
  let isWhole = false;
  try {
    for await (const { chunk, progress, summary } of connection.stream((rpc) => connection.spaces.export(request, rpc), either)) {
      if (progress) onProgress?.(progressFromWire(progress));
      if (summary) onEnd(summaryFromWire(summary));
      isWhole ||= summary !== undefined;
      if (chunk.length > 0) yield chunk;
    }
  } catch (error) {
    throw place.explain(error);
  } finally {
    // Also when the loop is left early.
    call.abort();
  }
  if (!isWhole) throw new MapTransportError('UNEXPECTED_ANSWER', `The daemon at ${connection.address} ended the export before its end.`);
}

function summaryFromWire({ holons, links, outsideLinks, changedCoreHolons }: WireSummary): ExportSummary {
  return {
    holons: Number(holons), links: Number(links), outsideLinks: Number(outsideLinks), changedCoreHolons: Number(changedCoreHolons),
  };
}
