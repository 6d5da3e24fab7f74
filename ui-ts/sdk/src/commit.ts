import type { MapProblem } from './errors.js';
import type { HolonId } from './ids.js';

/** What a commit would find now. */
export interface Findings {
  /** What would refuse the commit: each with its holon as `subject`, the member as `field` and `details.rule`. */
  readonly errors: readonly MapProblem[];
  /** What is questionable but would not stop the commit. */
  readonly warnings: readonly MapProblem[];
}

/** What a commit did. */
export interface CommitReceipt {
  /** The number of this commit in its space. */
  readonly commitNumber: number;
  /**
   * Created and updated holons; those of which links alone changed are not among them. The first 100,000 ids of this
   * and of `deleted` together are told; the counts are of all.
   */
  readonly saved: readonly HolonId[];
  /** How many holons were created and updated. */
  readonly savedCount: number;
  /** Deleted holons. */
  readonly deleted: readonly HolonId[];
  /** How many holons were deleted. */
  readonly deletedCount: number;
  /** What is questionable but did not stop the commit. */
  readonly warnings: readonly MapProblem[];
}
