import type { CommitPart, HolonChange as WireHolonChange, LinkChange as WireLinkChange, WatchResponse } from '../gen/map/v1/map_spaces_pb.js';
import { HolonChangeKind, LinkChangeKind } from '../gen/map/v1/map_spaces_pb.js';
import { MapDomainError, MapError, MapTransportError, type TransportStatus } from '../errors.js';
import { holonIdFromWire, type HolonId } from '../ids.js';
import { mergeOptions } from '../options.js';
import { Timestamp } from '../values.js';
import type { HolonChange, LinkChange, WatchedCommit, WatchOptions } from '../watch.js';
import type { Connection } from './connection.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** How many signs of life may fail to come before the connection counts as broken. */
const MISSED_HEARTBEATS = 3;

/** Ends of a watch that do not pass by themselves. */
const FINAL: ReadonlySet<TransportStatus> = new Set<TransportStatus>([
  'CLOSED', 'UNEXPECTED_ANSWER', 'INVALID_ARGUMENT', 'PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNIMPLEMENTED',
]);

/** How far a watch has come. */
interface Progress {
  /** Everything up to this commit was told. */
  commit: bigint | undefined;
  /** Whether the daemon has ever accepted it. */
  hasBegun: boolean;
  /** How long to wait before the next attempt. */
  pauseMs: number;
}

/** The commits of a space, over as many calls as it takes: each goes on after the last commit that was told whole. */
export async function* watchCommits(
  connection: Connection, spaceId: Uint8Array<ArrayBuffer>, options: WatchOptions,
): AsyncGenerator<WatchedCommit, void, undefined> {
  const signal = mergeOptions(connection.defaults, { signal: options.signal }).signal ?? new AbortController().signal;
  const commit = options.after === undefined ? undefined : BigInt(options.after);
  const progress: Progress = { commit, hasBegun: false, pauseMs: FIRST_PAUSE_MS };
  for (;;) {
    try {
      yield* assemble(messagesOf(connection, spaceId, progress.commit, signal), progress);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof MapError) || !progress.hasBegun || !isPassing(error)) throw error;
      options.onInterruption?.(error);
      await sleep(progress.pauseMs, signal);
      progress.pauseMs = Math.min(2 * progress.pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

/** The messages of one call, which fails when nothing comes for too long. */
async function* messagesOf(
  connection: Connection, spaceId: Uint8Array<ArrayBuffer>, afterCommit: bigint | undefined, signal: AbortSignal,
): AsyncGenerator<WatchResponse, void, undefined> {
  const call = new AbortController();
  const request = { space: { by: { case: 'spaceId' as const, value: spaceId } }, ...(afterCommit === undefined ? {} : { afterCommit }) };
  const messages = connection.stream((rpc) => connection.spaces.watch(request, rpc), AbortSignal.any([signal, call.signal]));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silenceMs = 0;
  try {
    for (;;) {
      const next = messages.next();
      if (silenceMs > 0) timer = setTimeout(() => { call.abort(silent(connection, silenceMs)); }, silenceMs);
      const { done, value } = await next;
      clearTimeout(timer);
      if (done) throw new MapTransportError('UNAVAILABLE', `The daemon at ${connection.address} ended the watch.`);
      if (value.event.case === 'position') silenceMs = MISSED_HEARTBEATS * value.event.value.heartbeatMs;
      yield value;
    }
  } catch (error) {
    throw call.signal.reason instanceof MapTransportError ? call.signal.reason : error;
  } finally {
    clearTimeout(timer);
    call.abort();
  }
}

function silent({ address }: Connection, silenceMs: number): MapTransportError {
  return new MapTransportError('UNAVAILABLE', `The daemon at ${address} has given no sign of life for ${silenceMs} ms.`);
}

/** Puts the parts of each commit together, and keeps the progress up to date. */
async function* assemble(messages: AsyncIterable<WatchResponse>, progress: Progress): AsyncGenerator<WatchedCommit, void, undefined> {
  let holons: HolonChange[] = [];
  let links: LinkChange[] = [];
  for await (const { event } of messages) {
    progress.hasBegun = true;
    progress.pauseMs = FIRST_PAUSE_MS;
    if (event.case === 'position') progress.commit = event.value.commit;
    if (event.case !== 'commit') continue;
    for (const holon of event.value.holons) holons.push(holonFromWire(holon));
    for (const link of event.value.links) links.push(linkFromWire(link));
    if (!event.value.isLast) continue;
    progress.commit = event.value.number;
    const commit = commitFromWire(event.value, holons, links);
    [holons, links] = [[], []];
    yield commit;
  }
}

function commitFromWire(part: CommitPart, holons: HolonChange[], links: LinkChange[]): WatchedCommit {
  return {
    number: Number(part.number),
    committedAt: new Timestamp(part.committedAt?.unixMicros ?? 0n),
    label: part.label,
    transactionId: id(part.transactionId).toString(),
    holons,
    links,
  };
}

function holonFromWire({ holonId, kind, version }: WireHolonChange): HolonChange {
  return { id: id(holonId), kind: HolonChangeKind[kind] as HolonChange['kind'], version };
}

function linkFromWire({ kind, source, target, relationship, relationshipType }: WireLinkChange): LinkChange {
  return {
    kind: LinkChangeKind[kind] as LinkChange['kind'],
    source: id(source),
    target: id(target),
    relationship,
    ...(relationshipType ? { relationshipType: holonIdFromWire(relationshipType) } : {}),
  };
}

function id(wire: Parameters<typeof holonIdFromWire>[0] | undefined): HolonId {
  if (wire) return holonIdFromWire(wire);
  throw new MapTransportError('UNEXPECTED_ANSWER', 'The daemon told of a commit without an id; SDK and daemon do not fit.');
}

function isPassing(error: MapError): boolean {
  if (error instanceof MapDomainError) return error.retryable;
  return error instanceof MapTransportError && !FINAL.has(error.status);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
