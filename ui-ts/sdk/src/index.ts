import './internal/dispose.js';

export { MapClient, type ConnectOptions, type DaemonStatus } from './client.js';
export { HolonCollection, type CollectionOptions, type HolonEntry, type HolonPage, type PageOptions } from './collection.js';
export type { CommitReceipt, Findings } from './commit.js';
export type {
  ContentId, ContentSource, ImportGraph, ImportHolon, ImportTarget, ImportValue, LoadReceipt, LoadSource, UploadOptions, UploadProgress,
} from './content.js';
export {
  AuthorityError, CapacityError, CommitError, DaemonError, DanceError, HistoryError, LoaderError, LookupError,
  MapDomainError, MapError, MapTransportError, TransactionError, ValueError,
  type ErrorCode, type MapProblem, type ProblemDetails, type TransportStatus,
} from './errors.js';
export { HolonExport, type ExportOptions, type ExportSummary } from './export.js';
export {
  Guests,
  type GuestCapabilities, type GuestDependent, type GuestInspection, type GuestInstallation, type GuestModule, type RemoveGuestOptions,
} from './guests.js';
export { Holon, type HolonContent, type HolonPhase, type NewHolonContent, type Position, type RelationshipSummary } from './holon.js';
export { HolonId } from './ids.js';
export type { CallOptions, MutationOptions } from './options.js';
export {
  BuiltQuery,
  type CombinedConditions, type FollowOptions, type FollowStep, type IdSeed, type KeySeed, type PlanStep, type Query, type QueryComparisons,
  type QueryCondition, type QueryOrder, type QuerySeed, type QueryStep, type Row, type TypeSeed, type WhereStep,
} from './query.js';
export { query, QueryBuilder, type AnySchema, type QuerySchema, type QueryStart, type TypeNames } from './query-builder.js';
export { RowCollection, type RowPage } from './rows.js';
export {
  Space, Spaces,
  type BeginOptions, type CreateSpaceOptions, type SpaceDescription, type TransactionState, type TransactionSummary, type Validation,
} from './spaces.js';
export {
  MapTransaction,
  type EditStatus, type GetAllFilter, type MarkerOptions, type RefreshChoices,
} from './transaction.js';
export {
  DoubleValue, double, EnumValue, enumValue, int, IntValue, Timestamp,
  type PropertyInput, type PropertyValue, type ScalarInput, type ScalarValue,
} from './values.js';
export type { HolonChange, LinkChange, TransactionNews, WatchedCommit, WatchOptions, WorkProgress } from './watch.js';
