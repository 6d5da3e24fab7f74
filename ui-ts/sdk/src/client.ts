import './internal/dispose.js';
import { MapTransportError } from './errors.js';
import { Guests } from './guests.js';
import { Connection, type Endpoint } from './internal/connection.js';
import { discover, discoveryPlaces, preferredEndpoint } from './internal/discovery.js';
import type { CallOptions } from './options.js';
import { Spaces } from './spaces.js';
import { Timestamp } from './values.js';

/**
 * Which daemon, and defaults for every call. Without `socket` and `address` the daemon is found by its discovery file:
 * in `dataDirectory` or `$MAP_DAEMON_DATA` if given, else in `$XDG_RUNTIME_DIR/map-daemon`, else in
 * `~/.local/share/map-daemon`.
 */
export interface ConnectOptions extends CallOptions {
  /** The daemon's data directory, which holds its discovery file. */
  readonly dataDirectory?: string | undefined;
  /** Path of the daemon's unix socket. */
  readonly socket?: string | undefined;
  /** A loopback address, say `http://127.0.0.1:7070`; needs `token`. */
  readonly address?: string | undefined;
  /** The token for `address`. */
  readonly token?: string | undefined;
  /** What this program calls itself in lists of transactions; at most 100 characters. */
  readonly clientName?: string | undefined;
}

/** How the daemon is. */
export interface DaemonStatus {
  /** Version of the daemon. */
  readonly productVersion: string;
  /** Version of the contract that it speaks. */
  readonly protocolVersion: string;
  /** Its process id. */
  readonly processId: number;
  /** When it started. */
  readonly startedAt: Date;
  /** Where it keeps its data. */
  readonly dataDirectory: string;
  /** Addresses that clients connect to. */
  readonly endpoints: readonly string[];
  /** How many spaces it has. */
  readonly spaces: number;
  /** How many transactions are open. */
  readonly openTransactions: number;
  /** Resident memory of its process, in bytes. */
  readonly memoryBytes: number;
}

/** How long the daemon may take to answer the first call. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A connection to a daemon. It does not keep the program alive when nothing is under way. */
export class MapClient implements AsyncDisposable {
  /** The daemon's spaces. */
  readonly spaces: Spaces;
  /** The modules of dances and validators. */
  readonly guests: Guests;
  readonly #connection: Connection;

  private constructor(connection: Connection, clientName: string) {
    this.#connection = connection;
    this.spaces = Spaces.of(connection, clientName);
    this.guests = Guests.of(connection);
  }

  /**
   * Finds the daemon and checks that it answers.
   *
   * @throws MapTransportError of status `NO_DAEMON` or `UNAVAILABLE` when none runs, `UNSAFE_DISCOVERY_FILE` when
   * others could have written the discovery file, `UNAUTHENTICATED` when the token is not good
   */
  static async connect(options: ConnectOptions = {}): Promise<MapClient> {
    const connection = new Connection(await endpointOf(options), options);
    const client = new MapClient(connection, options.clientName ?? '@map/sdk');
    try {
      await client.spaces.list({ timeoutMs: options.timeoutMs ?? CONNECT_TIMEOUT_MS });
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Where the daemon is reached: `unix:` and a path, or `http://` and an address. */
  get address(): string {
    return this.#connection.address;
  }

  /** How the daemon is. Needs the scope `admin`, which the unix socket and the discovery file's token have. */
  async status(options?: CallOptions): Promise<DaemonStatus> {
    const status = await this.#connection.call((rpc) => this.#connection.admin.getStatus({}, rpc), options);
    return {
      productVersion: status.productVersion,
      protocolVersion: status.protocolVersion,
      processId: status.processId,
      startedAt: new Timestamp(status.startedAt?.unixMicros ?? 0n),
      dataDirectory: status.dataDirectory,
      endpoints: [...status.endpoints],
      spaces: Number(status.spaces),
      openTransactions: Number(status.openTransactions),
      memoryBytes: Number(status.memoryBytes),
    };
  }

  /** Ends the connection; calls under way fail. Open transactions stay open. */
  close(): void {
    this.#connection.close();
  }

  /** Closes; what `await using` calls. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

async function endpointOf(options: ConnectOptions): Promise<Endpoint> {
  const { socket, address, token } = options;
  if (socket !== undefined) return { socket };
  if (address !== undefined) {
    if (token === undefined) throw new TypeError('An address needs a token.');
    return { address: loopback(address), token };
  }
  const { path, discovery } = await discover(discoveryPlaces(process.env, options.dataDirectory));
  return preferredEndpoint(discovery, path);
}

// The token would leave the machine in clear text otherwise.
function loopback(address: string): string {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return origin;
  throw new MapTransportError('UNAVAILABLE', `${address} is no loopback address; the daemon is reached over http on 127.0.0.1 or [::1] only.`);
}
