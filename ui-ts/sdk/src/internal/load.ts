import type { LoadReceipt, LoadSource, UploadOptions } from '../content.js';
import type { MutationOptions } from '../options.js';
import { take, type TransactionScope } from './scope.js';
import { contentIdsToWire, upload } from './upload.js';

/** Loads holons, uploading first what is no part of the command. */
export async function load(scope: TransactionScope, source: LoadSource, options: UploadOptions & MutationOptions): Promise<LoadReceipt> {
  const graphs = graphFiles(source.graph);
  const small = graphs.reduce((sum, graph) => sum + graph.content.length, 0) <= INLINE_LIMIT_BYTES;
  const files = [...(source.files ?? []), ...(small ? [] : graphs)];
  const uploaded = files.length > 0 ? await upload(scope.connection, files, options) : [];
  const contentIds = contentIdsToWire([...(source.content ?? []), ...uploaded]);
  const command = { case: 'loadHolons' as const, value: { contentIds, files: small ? graphs : [] } };
  const reply = await scope.mutate(command, options);
  const { holons, targets, updated } = take(reply, 'load');
  return { holons: Number(holons), targets: Number(targets), updated: Number(updated), warnings: reply.warnings };
}

/** Above this, a graph goes up in chunks rather than inside the command. */
const INLINE_LIMIT_BYTES = 256 * 1024;

function graphFiles(graph: LoadSource['graph']): { name: string; content: Uint8Array<ArrayBuffer> }[] {
  const graphs = graph === undefined ? [] : isList(graph) ? graph : [graph];
  return graphs.map((one, index) => ({
    name: graphs.length > 1 ? `graph-${index + 1}.json` : 'graph.json',
    content: new TextEncoder().encode(JSON.stringify(one)),
  }));
}

// Array.isArray does not narrow a readonly array.
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
