import type { Holon } from './holon.js';

/** Every cause has its own code; `errors.proto` documents each with what to do about it. */
export type ErrorCode =
  | 'UNSPECIFIED'
  | 'TRANSACTION_NOT_FOUND' | 'TRANSACTION_COMMITTED' | 'TRANSACTION_ROLLED_BACK' | 'COMMIT_IN_PROGRESS'
  | 'CROSS_TRANSACTION_REFERENCE'
  | 'HOLON_NOT_FOUND' | 'KEY_NOT_FOUND' | 'AMBIGUOUS_KEY' | 'WRONG_REFERENCE_KIND' | 'NOT_ACCESSIBLE'
  | 'ALREADY_STAGED' | 'VERSION_NOT_FOUND' | 'SPACE_NOT_FOUND' | 'PROPERTY_NOT_FOUND' | 'MEMBER_NOT_FOUND'
  | 'CONTENT_NOT_FOUND' | 'SPACE_EXISTS' | 'OTHER_SPACE' | 'TOKEN_NOT_FOUND' | 'TOKEN_EXISTS' | 'COMMIT_NOT_FOUND'
  | 'INVALID_REQUEST' | 'VALUE_KIND_MISMATCH' | 'VALUE_OUT_OF_RANGE' | 'INVALID_NAME' | 'UNKNOWN_PROPERTY'
  | 'UNKNOWN_RELATIONSHIP' | 'MISSING_REQUIRED' | 'CARDINALITY' | 'MISSING_DESCRIPTOR' | 'UNKNOWN_DESCRIPTOR'
  | 'CYCLIC_EXTENDS' | 'KEY_RULE' | 'INVERSE_NOT_WRITABLE' | 'RELATIONSHIP_NOT_WRITABLE' | 'INVALID_PAGE_TOKEN' | 'CANCELLED' | 'ORDER_EXHAUSTED'
  | 'OUTDATED_PAGE_TOKEN' | 'REQUEST_ID_REUSED' | 'COLLECTION_REORDERED'
  | 'UNKNOWN_VARIANT' | 'DUPLICATE_ITEM' | 'WRONG_TARGET_TYPE' | 'ABSTRACT_TYPE' | 'NOT_A_TYPE' | 'INCONSISTENT_TYPE' | 'INSTANCES_INVALID'
  | 'QUERY_UNBOUNDED' | 'QUERY_TOO_DEEP' | 'COMPARISON_UNDEFINED'
  | 'CONFLICT' | 'VALIDATION_FAILED' | 'DELETION_BLOCKED' | 'COMMIT_IN_DOUBT' | 'DUPLICATE_KEY' | 'COMMIT_OVERTAKEN'
  | 'NOTHING_TO_UNDO' | 'NOTHING_TO_REDO' | 'UNKNOWN_MARKER' | 'DUPLICATE_MARKER' | 'MARKER_NOT_REACHABLE'
  | 'IMPORT_SYNTAX' | 'IMPORT_FORMAT' | 'UNRESOLVED_REFERENCE' | 'IMPORT_DUPLICATE_KEY' | 'IMPORT_NULL_VALUE'
  | 'AMBIGUOUS_REFERENCE' | 'IMPORT_INVERSE_MISMATCH' | 'IMPORT_INVERSE_AMBIGUOUS' | 'IMPORT_DUPLICATE_LABEL'
  | 'EXPORT_UNREFERABLE'
  | 'UNKNOWN_DANCE' | 'DANCE_NOT_AFFORDED' | 'IMPLEMENTATION_MISSING' | 'DANCE_TRAPPED' | 'OUT_OF_FUEL'
  | 'DANCE_TIMED_OUT' | 'MEMORY_LIMIT' | 'CAPABILITY_DENIED' | 'DANCE_FAILED'
  | 'DANCE_REQUEST_INVALID' | 'IMPLEMENTATION_AMBIGUOUS' | 'BUILTIN_NOT_FOUND' | 'MODULE_NOT_FOUND'
  | 'ENTRYPOINT_NOT_FOUND' | 'ABI_UNKNOWN' | 'DANCES_BUSY' | 'VALIDATOR_VIOLATION' | 'VALIDATOR_FAILED' | 'DANCE_WARNING'
  | 'MODULE_REFUSED' | 'MODULE_TOO_COSTLY' | 'MODULE_IN_USE' | 'MANIFEST_INVALID' | 'MODULE_DAMAGED'
  | 'DENIED'
  | 'TOO_MANY_TRANSACTIONS' | 'TOO_MANY_HOLONS' | 'TOO_MANY_STEPS' | 'TOO_LARGE' | 'TOO_MUCH_CONTENT'
  | 'LIMIT_REACHED' | 'MORE_ERRORS' | 'WATCH_TOO_SLOW' | 'HISTORY_FULL' | 'DAEMON_MEMORY_FULL'
  | 'QUERY_TOO_LARGE' | 'QUERY_READS_TOO_MUCH' | 'QUERY_TIMED_OUT'
  | 'NOT_IMPLEMENTED' | 'STORE_UNAVAILABLE' | 'INTERNAL' | 'BACKUP_FAILED' | 'BACKUP_RUNNING';

/** Further facts of a problem, each present only where it applies. */
export interface ProblemDetails {
  /** Place in an uploaded file; line and column count from 1. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
  /** For `AMBIGUOUS_KEY`: the holons that match. For `INSTANCES_INVALID`: the first 100 concerned. */
  readonly candidates?: readonly Holon[];
  /** For `CONFLICT`: the number of the commit that came between. */
  readonly conflictingCommit?: number;
  /** For limits: the limit in force. */
  readonly limit?: number;
  /** For what validation finds: the rule broken, by its name in docs/type-rules.md. */
  readonly rule?: string;
  /** For `DANCE_FAILED`: the code that the guest gave. */
  readonly guestCode?: string;
  /** For a guest that was stopped: its calls, innermost first. */
  readonly backtrace?: readonly string[];
}

/** One thing that is wrong: an error, or as a warning something that did not stop the command. */
export interface MapProblem {
  /** The cause. */
  readonly code: ErrorCode;
  /** What happened and what to do, complete in itself. */
  readonly message: string;
  /** What it is about, as far as known: a holon, or a key (outside of a transaction, an id) as text. */
  readonly subject?: Holon | string;
  /** The property, relationship or field concerned. */
  readonly field?: string;
  /** Whether the same request can succeed later without a change. */
  readonly retryable: boolean;
  /** Further facts. */
  readonly details: ProblemDetails;
}

/** Base of all errors of this SDK. */
export class MapError extends Error {
  /**
   * @param message what happened and what to do
   * @param cause the error underneath, if any
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = new.target.name;
  }
}

/** Why a call did not reach the daemon or got no answer: a gRPC status, or a reason found on this side. */
export type TransportStatus =
  | 'NO_DAEMON' | 'UNSAFE_DISCOVERY_FILE' | 'CLOSED' | 'UNEXPECTED_ANSWER'
  | 'CANCELED' | 'UNKNOWN' | 'INVALID_ARGUMENT' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND' | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED' | 'FAILED_PRECONDITION' | 'ABORTED' | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED' | 'INTERNAL' | 'UNAVAILABLE' | 'DATA_LOSS' | 'UNAUTHENTICATED';

/**
 * The daemon was not reached, refused the call, or did not answer in time. Whether a command took effect is open,
 * unless the status says that it never ran.
 */
export class MapTransportError extends MapError {
  /** What went wrong. */
  readonly status: TransportStatus;

  /**
   * @param status what went wrong
   * @param message what happened and what to do
   * @param cause the error underneath, if any
   */
  constructor(status: TransportStatus, message: string, cause?: unknown) {
    super(message, cause);
    this.status = status;
  }
}

/** The daemon answered that it did not do it: nothing was changed. There is a subclass for each family of causes. */
export class MapDomainError extends MapError implements MapProblem {
  /** The cause. */
  readonly code: ErrorCode;
  /** What it is about, as far as known: a holon, or a key (outside of a transaction, an id) as text. */
  readonly subject?: Holon | string;
  /** The property, relationship or field concerned. */
  readonly field?: string;
  /** Whether the same request can succeed later without a change. */
  readonly retryable: boolean;
  /** Further facts. */
  readonly details: ProblemDetails;
  /** Everything that is wrong; this error is the first of them, and its message lists some of the others. */
  readonly errors: readonly MapProblem[];

  /**
   * @param problems everything that is wrong, the cause of the failure first
   * @param cause the error underneath, if any
   */
  constructor(problems: readonly [MapProblem, ...MapProblem[]], cause?: unknown) {
    const [first] = problems;
    super(inWords(problems), cause);
    this.code = first.code;
    if (first.subject !== undefined) this.subject = first.subject;
    if (first.field !== undefined) this.field = first.field;
    this.retryable = first.retryable;
    this.details = first.details;
    this.errors = problems;
  }
}

const TOLD_IN_MESSAGE = 5;

/** The first problem, and below it some of the others: a program that does not catch the error shows only this. */
function inWords([first, ...others]: readonly [MapProblem, ...MapProblem[]]): string {
  const lines = others.slice(0, TOLD_IN_MESSAGE).map(({ message }) => `\n  - ${message}`);
  const more = others.length - lines.length;
  return `${first.message}${lines.join('')}${more > 0 ? `\n  - and ${more} more, in errors` : ''}`;
}

/** The transaction is unknown, ended or busy, or a holon of another transaction was used. */
export class TransactionError extends MapDomainError {}
/** Something named does not exist, or is not what the command needs. */
export class LookupError extends MapDomainError {}
/** A value, name or type does not fit. */
export class ValueError extends MapDomainError {}
/** A commit did not happen; the transaction stays open. */
export class CommitError extends MapDomainError {}
/** Nothing to undo or redo that way. */
export class HistoryError extends MapDomainError {}
/** Import files are wrong; `errors` has all of the mistakes, each with its place. */
export class LoaderError extends MapDomainError {}
/** A dance could not run or did not finish. */
export class DanceError extends MapDomainError {}
/** The caller may not do this. */
export class AuthorityError extends MapDomainError {}
/** A limit is reached. */
export class CapacityError extends MapDomainError {}
/** The daemon itself cannot: not implemented, store unavailable, a defect. */
export class DaemonError extends MapDomainError {}
