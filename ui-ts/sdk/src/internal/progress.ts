import type { Progress } from '../gen/map/v1/map_admin_pb.js';
import { TransactionStatus, type WatchTransactionResponse } from '../gen/map/v1/map_spaces_pb.js';
import { mergeOptions } from '../options.js';
import type { TransactionState } from '../spaces.js';
import type { TransactionNews, WorkProgress } from '../watch.js';
import type { TransactionScope } from './scope.js';

/** What the daemon tells of a transaction until it has ended or the signal ends the loop. */
export async function* watchTransaction(
  { connection, id }: TransactionScope, signal: AbortSignal | undefined,
): AsyncGenerator<TransactionNews, void, undefined> {
  const call = new AbortController();
  const ends = mergeOptions(connection.defaults, { signal }).signal;
  const either = ends ? AbortSignal.any([ends, call.signal]) : call.signal;
  try {
    const messages = connection.stream((rpc) => connection.spaces.watchTransaction({ transactionId: id }, rpc), either);
    for await (const message of messages) yield newsFromWire(message);
  } catch (error) {
    if (ends?.aborted !== true) throw error;
  } finally {
    // Also when the loop is left early.
    call.abort();
  }
}

function newsFromWire({ transaction, progress }: WatchTransactionResponse): TransactionNews {
  return {
    status: TransactionStatus[transaction?.status ?? TransactionStatus.UNSPECIFIED] as TransactionState,
    staged: Number(transaction?.staged ?? 0n),
    ...(transaction?.commitNumber === undefined ? {} : { commitNumber: Number(transaction.commitNumber) }),
    ...(progress ? { progress: progressFromWire(progress) } : {}),
  };
}

/** How far a long work is. */
export function progressFromWire({ step, done, total }: Progress): WorkProgress {
  return { step, done: Number(done), ...(total === 0n ? {} : { total: Number(total) }) };
}
