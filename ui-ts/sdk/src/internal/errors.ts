import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorCode as WireCode, HolonErrorSchema, type ErrorDetails, type HolonError } from '../gen/map/v1/errors_pb.js';
import type { HolonReference } from '../gen/map/v1/holons_pb.js';
import * as api from '../errors.js';
import type { Holon } from '../holon.js';
import { holonIdFromWire, uuidFromBytes } from '../ids.js';

/** Makes a handle for a reference; absent outside of a transaction. */
export type ToHolon = (reference: HolonReference) => Holon;

/** The problems of an answer in the vocabulary of the SDK. */
export function problemFromWire(error: HolonError, toHolon?: ToHolon): api.MapProblem {
  const subject = subjectFromWire(error.subject, toHolon);
  return {
    code: codeFromWire(error.code),
    message: error.message,
    ...(subject === undefined ? {} : { subject }),
    ...(error.field === '' ? {} : { field: error.field }),
    retryable: error.retryable,
    details: error.details ? detailsFromWire(error.details, toHolon) : {},
  };
}

/** The error of the family that the first problem belongs to. */
export function domainError(errors: readonly HolonError[], toHolon?: ToHolon, cause?: unknown): api.MapError {
  const [first, ...rest] = errors;
  if (first === undefined) {
    return new api.MapTransportError('UNEXPECTED_ANSWER', 'The daemon reported a failure but did not say which.', cause);
  }
  const problems = [first, ...rest].map((error) => problemFromWire(error, toHolon));
  const family = FAMILIES[Math.floor(first.code / 100)] ?? api.DaemonError;
  return new family(problems as [api.MapProblem, ...api.MapProblem[]], cause);
}

/**
 * Whatever a call threw, as an error of the SDK; errors that the caller's own code threw stay as they are.
 *
 * @param thrown what it threw
 * @param address where the daemon is reached
 * @param isCanceled whether the caller canceled it
 */
export function callError(thrown: unknown, address: string, isCanceled: boolean): unknown {
  if (thrown instanceof api.MapError) return thrown;
  const error = ConnectError.from(thrown);
  const details = error.findDetails(HolonErrorSchema);
  if (details.length > 0) return domainError(details, undefined, error);
  // HTTP/2 cancels the streams of a connection that breaks.
  const isBroken = isConnectionFailure(error) || (error.code === Code.Canceled && !isCanceled);
  const status = isBroken ? 'UNAVAILABLE' : statusOf(error.code);
  return new api.MapTransportError(status, explain(status, error, address), error);
}

/** The hundreds of a code are its family. */
const FAMILIES: Readonly<Record<number, typeof api.DaemonError>> = {
  1: api.TransactionError,
  2: api.LookupError,
  3: api.ValueError,
  4: api.CommitError,
  5: api.HistoryError,
  6: api.LoaderError,
  7: api.DanceError,
  8: api.AuthorityError,
  9: api.CapacityError,
};

// A newer daemon may have codes that this SDK does not know; the message says what happened all the same.
function codeFromWire(code: WireCode): api.ErrorCode {
  return (WireCode[code] as keyof typeof WireCode | undefined) ?? 'UNSPECIFIED';
}

function subjectFromWire(subject: HolonError['subject'], toHolon?: ToHolon): Holon | string | undefined {
  if (subject.case === 'key') return subject.value;
  if (subject.case !== 'reference') return undefined;
  return toHolon ? toHolon(subject.value) : idText(subject.value);
}

function idText({ kind }: HolonReference): string | undefined {
  if (kind.case === 'smart' && kind.value.holonId) return holonIdFromWire(kind.value.holonId).toString();
  return kind.case === 'staged' ? uuidFromBytes(kind.value.localId) : undefined;
}

function detailsFromWire(details: ErrorDetails, toHolon?: ToHolon): api.ProblemDetails {
  const { place, candidates, conflictingCommit, limit, rule, guestCode, backtrace } = details;
  return {
    ...(place ? { place: { file: place.file, line: place.line, column: place.column } } : {}),
    ...(candidates.length > 0 && toHolon ? { candidates: candidates.map(toHolon) } : {}),
    ...(guestCode ? { guestCode } : {}),
    ...(backtrace.length > 0 ? { backtrace } : {}),
    ...(conflictingCommit === undefined ? {} : { conflictingCommit: Number(conflictingCommit) }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(rule === '' ? {} : { rule }),
  };
}

function statusOf(code: Code): api.TransportStatus {
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase() as api.TransportStatus;
}

const CONNECTION_FAILURES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTSOCK', 'EACCES', 'EPIPE', 'ENOTFOUND']);

// connect-node gives a missing socket file the code INTERNAL; for a client it is the same as nobody listening.
function isConnectionFailure(error: ConnectError): boolean {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (CONNECTION_FAILURES.has((cause as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}

function explain(status: api.TransportStatus, error: ConnectError, address: string): string {
  switch (status) {
    case 'UNAVAILABLE':
      return `The daemon at ${address} does not answer (${error.rawMessage}). If it is not running, start it with: ./build.sh run`;
    case 'UNAUTHENTICATED':
      return `The daemon at ${address} does not accept the token (${error.rawMessage}). It makes a new one at each start: read its discovery file again.`;
    case 'DEADLINE_EXCEEDED':
      return `The daemon at ${address} did not answer in time (${error.rawMessage}).`;
    case 'CANCELED':
      return `The call was canceled (${error.rawMessage}).`;
    default:
      return `The daemon at ${address} refused the call with ${status}: ${error.rawMessage}`;
  }
}
