import type { MapError } from './errors.js';
import type { HolonId } from './ids.js';
import type { TransactionState } from './spaces.js';

/** Which commits to watch. */
export interface WatchOptions {
  /**
   * Begins with the commit after this one: the last one seen, or 0 for all but the one that made the space. Without it,
   * with the first commit after the watch has begun.
   */
  readonly after?: number | undefined;
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the watch was interrupted and begins again after the last commit seen. */
  readonly onInterruption?: ((cause: MapError) => void) | undefined;
}

/** A commit, whole. */
export interface WatchedCommit {
  /** Its number. */
  readonly number: number;
  /** When it was saved. */
  readonly committedAt: Date;
  /** What the work was, for a person. */
  readonly label: string;
  /** The transaction, as `tx.id` names it. */
  readonly transactionId: string;
  /** Holons that it created, updated or deleted. Those of which links alone changed are not among them. */
  readonly holons: readonly HolonChange[];
  /** Links that it added or removed, those that ended with a deleted holon among them. */
  readonly links: readonly LinkChange[];
}

/** What a commit did to a holon. */
export interface HolonChange {
  /** The holon. */
  readonly id: HolonId;
  /** What happened to it. */
  readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
  /** The version saved; of a deleted holon the number after its last version. */
  readonly version: number;
}

/** What a commit did to a link. A member that was moved is removed and added. */
export interface LinkChange {
  /** What happened to it. */
  readonly kind: 'ADDED' | 'REMOVED';
  /** The holon that declares it. */
  readonly source: HolonId;
  /** The holon that it leads to. */
  readonly target: HolonId;
  /** The name of the declared relationship. */
  readonly relationship: string;
  /** The type that declares the relationship; absent where none does. */
  readonly relationshipType?: HolonId;
}

/** How things are with a transaction. */
export interface TransactionNews {
  /** Where it is in its life. Nothing comes after a final one. */
  readonly status: TransactionState;
  /** How many holons are staged. */
  readonly staged: number;
  /** For a committed one: the number of its commit. */
  readonly commitNumber?: number;
  /** How far the load or commit is that runs now; absent while none does. */
  readonly progress?: WorkProgress;
}

/** How far a long work is. */
export interface WorkProgress {
  /** What is done, for a person. */
  readonly step: string;
  /** How much of this step is done. */
  readonly done: number;
  /** How much there is, about; absent when not known. */
  readonly total?: number;
}
