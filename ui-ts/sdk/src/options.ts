import type { MapProblem } from './errors.js';

/** What every call takes as its last argument, and what a client takes as defaults for all of its calls. */
export interface CallOptions {
  /**
   * Cancels the call, which then fails with a `MapTransportError` of status `CANCELED`. A mutation that the daemon
   * has already recorded, or a commit that it has queued, takes effect all the same.
   */
  readonly signal?: AbortSignal | undefined;
  /** How long the call may take, in milliseconds; it then fails with `DEADLINE_EXCEEDED`. No limit by default. */
  readonly timeoutMs?: number | undefined;
  /** Called for each warning that comes with a success. Results of commits and loads carry their warnings, too. */
  readonly onWarning?: ((warning: MapProblem) => void) | undefined;
}

/** What a call that changes a transaction takes as its last argument. */
export interface MutationOptions extends CallOptions {
  /**
   * Names the request, so that it may be sent again: the daemon runs it once and answers a repetition with the first
   * reply, also after the daemon was started anew. Printable ASCII, at most 200 characters, for one request of the
   * transaction only; the last 1,000 are known. Without it the SDK makes one, and sends the request a second time by
   * itself when the connection broke before the reply.
   */
  readonly requestId?: string | undefined;
}

/**
 * Joins defaults and the options of one call: either signal cancels, the call's other options win.
 *
 * @internal
 */
export function mergeOptions(defaults: CallOptions, call: CallOptions = {}): CallOptions {
  const signals = [defaults.signal, call.signal].filter((signal) => signal !== undefined);
  return {
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
    timeoutMs: call.timeoutMs ?? defaults.timeoutMs,
    onWarning: call.onWarning ?? defaults.onWarning,
  };
}
