import { createConnection } from 'node:net';
import { createClient, type CallOptions as ConnectCallOptions, type Client, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { MapTransportError } from '../errors.js';
import { MapAdmin } from '../gen/map/v1/map_admin_pb.js';
import { MapCommands } from '../gen/map/v1/map_commands_pb.js';
import { MapSpaces } from '../gen/map/v1/map_spaces_pb.js';
import { mergeOptions, type CallOptions } from '../options.js';
import { callError } from './errors.js';

/** Where a daemon listens. */
export type Endpoint =
  | { readonly socket: string }
  | { readonly address: string; readonly token: string };

/** One HTTP/2 connection to a daemon, reopened when it breaks, with the services on it. */
export class Connection {
  /** For messages to people. */
  readonly address: string;
  readonly commands: Client<typeof MapCommands>;
  readonly spaces: Client<typeof MapSpaces>;
  readonly admin: Client<typeof MapAdmin>;
  /** The client's options, for every call that says nothing else. */
  readonly defaults: CallOptions;
  readonly #session: Http2SessionManager;
  #closed = false;

  constructor(endpoint: Endpoint, defaults: CallOptions) {
    const overSocket = 'socket' in endpoint;
    this.address = overSocket ? `unix:${endpoint.socket}` : endpoint.address;
    this.defaults = mergeOptions(defaults);
    // Over a unix socket the authority names nobody, but HTTP/2 wants one.
    const baseUrl = overSocket ? 'http://localhost' : endpoint.address;
    const nodeOptions = overSocket ? { createConnection: () => createConnection(endpoint.socket) } : {};
    this.#session = new Http2SessionManager(baseUrl, {}, nodeOptions);
    const interceptors = overSocket ? [] : [bearer(endpoint.token)];
    const transport = createGrpcTransport({ baseUrl, sessionManager: this.#session, interceptors });
    this.commands = createClient(MapCommands, transport);
    this.spaces = createClient(MapSpaces, transport);
    this.admin = createClient(MapAdmin, transport);
  }

  /**
   * Runs one RPC.
   *
   * @throws MapTransportError or MapDomainError
   */
  async call<T>(rpc: (options: ConnectCallOptions) => Promise<T>, call?: CallOptions): Promise<T> {
    if (this.#closed) throw new MapTransportError('CLOSED', 'This client has been closed. Connect anew.');
    const { signal, timeoutMs } = mergeOptions(this.defaults, call);
    try {
      return await rpc({ ...(signal ? { signal } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    } catch (thrown) {
      throw callError(thrown, this.address, signal?.aborted === true);
    }
  }

  /**
   * Runs one RPC that answers with a stream. It has no deadline, also where calls have one by default.
   *
   * @throws MapTransportError or MapDomainError
   */
  async *stream<T>(
    rpc: (options: ConnectCallOptions) => AsyncIterable<T>, signal: AbortSignal,
  ): AsyncGenerator<T, void, undefined> {
    if (this.#closed) throw new MapTransportError('CLOSED', 'This client has been closed. Connect anew.');
    try {
      for await (const message of rpc({ signal })) {
        // What came before the call was canceled may still wait to be read.
        signal.throwIfAborted();
        yield message;
      }
    } catch (thrown) {
      throw callError(thrown, this.address, signal.aborted);
    }
  }

  /** Ends the connection; calls under way fail. */
  close(): void {
    this.#closed = true;
    this.#session.abort(new MapTransportError('CLOSED', 'The client was closed while the call was under way.'));
  }
}

function bearer(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };
}
