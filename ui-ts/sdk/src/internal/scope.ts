import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { MapTransportError, type MapProblem } from '../errors.js';
import type { HolonError } from '../gen/map/v1/errors_pb.js';
import type { Holon } from '../holon.js';
import type { HolonReference, TransactionId } from '../gen/map/v1/holons_pb.js';
import type { CommandResponse, MapRequestSchema } from '../gen/map/v1/map_commands_pb.js';
import type { MutationCommandSchema } from '../gen/map/v1/mutations_pb.js';
import type { QueryCommandSchema } from '../gen/map/v1/queries_pb.js';
import { mergeOptions, type CallOptions, type MutationOptions } from '../options.js';
import type { Connection } from './connection.js';
import { domainError, problemFromWire } from './errors.js';

type Command<Schema extends typeof QueryCommandSchema | typeof MutationCommandSchema> =
  Extract<NonNullable<MessageInitShape<Schema>['command']>, { case: string }>;
type Intent = NonNullable<NonNullable<MessageInitShape<typeof MapRequestSchema>['command']>['intent']>;
type Result = CommandResponse['result'];
type ResultValues = { [R in Result as R['case'] & string]: R['value'] };

// The transaction is gone after these, and the first reply with it: a second sending could not be answered as the first.
const ENDS_TRANSACTION: ReadonlySet<string> = new Set(['commit', 'rollback']);

/** What a successful command answered. */
export interface Reply {
  readonly result: Result | undefined;
  readonly warnings: readonly MapProblem[];
}

/** A transaction as commands see it: where to send them, its id, and the options that apply. */
export class TransactionScope {
  readonly connection: Connection;
  readonly id: TransactionId;
  readonly #defaults: CallOptions;
  readonly #makeHolon: (scope: TransactionScope, reference: HolonReference) => Holon;

  constructor(
    connection: Connection,
    id: TransactionId,
    makeHolon: (scope: TransactionScope, reference: HolonReference) => Holon,
    defaults: CallOptions = {},
  ) {
    this.connection = connection;
    this.id = id;
    this.#defaults = defaults;
    this.#makeHolon = makeHolon;
  }

  /** The same transaction with other defaults. */
  with(options: CallOptions): TransactionScope {
    return new TransactionScope(this.connection, this.id, this.#makeHolon, mergeOptions(this.#defaults, options));
  }

  /** A handle for a reference of this transaction. */
  holon(reference: HolonReference): Holon {
    return this.#makeHolon(this, reference);
  }

  /** Problems that are about holons of this transaction. */
  problems(errors: readonly HolonError[]): MapProblem[] {
    return errors.map((error) => problemFromWire(error, (reference) => this.holon(reference)));
  }

  /** Sends one query. */
  query(command: Command<typeof QueryCommandSchema>, options?: CallOptions): Promise<Reply> {
    return this.#execute(command.case, { case: 'query', value: { command } }, options);
  }

  /** Sends one mutation; once more when the connection broke, so that the reply to the first sending may be lost. */
  async mutate(command: Command<typeof MutationCommandSchema>, options?: MutationOptions): Promise<Reply> {
    const requestId = options?.requestId ?? randomUUID();
    const send = (): Promise<Reply> => this.#execute(command.case, { case: 'mutation', value: { command } }, options, requestId);
    try {
      return await send();
    } catch (error) {
      const isLost = error instanceof MapTransportError && error.status === 'UNAVAILABLE';
      if (!isLost || ENDS_TRANSACTION.has(command.case)) throw error;
      return send();
    }
  }

  async #execute(command: string, intent: Intent, call?: CallOptions, requestId?: string): Promise<Reply> {
    const options = mergeOptions(this.#defaults, call);
    const request = { name: upperFirst(command), transactionId: this.id, command: { intent } };
    const headers: Record<string, string> = requestId === undefined ? {} : { 'map-request-id': requestId };
    const response = await this.connection.call((rpc) => this.connection.commands.execute(request, { ...rpc, headers }), options);
    if (!response.success) throw domainError(response.errors, (reference) => this.holon(reference));
    const warnings = this.problems(response.errors);
    const onWarning = options.onWarning ?? this.connection.defaults.onWarning;
    for (const warning of warnings) onWarning?.(warning);
    return { result: response.body?.result, warnings };
  }
}

/**
 * The answer of the kind that the command's contract promises.
 *
 * @throws MapTransportError when the daemon answered something else
 */
export function take<K extends keyof ResultValues>(reply: Reply, kind: K): ResultValues[K] {
  if (reply.result?.case === kind) return reply.result.value as ResultValues[K];
  const got = reply.result?.case ?? 'nothing';
  throw new MapTransportError('UNEXPECTED_ANSWER', `The daemon answered ${got} where ${kind} was expected; SDK and daemon do not fit.`);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
