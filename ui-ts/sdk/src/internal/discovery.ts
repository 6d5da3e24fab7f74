import { open, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MapTransportError } from '../errors.js';
import type { Endpoint } from './connection.js';

/** What a daemon writes down for its owner's clients. */
export interface Discovery {
  readonly pid: number;
  readonly socket?: string;
  readonly tcp?: string;
  readonly token?: string;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a daemon's discovery file can be, best first. Who names a data directory means that daemon and no other.
 */
export function discoveryPlaces(environment: Environment, dataDirectory?: string): string[] {
  const named = dataDirectory ?? environment['MAP_DAEMON_DATA'];
  if (named) return [join(named, 'discovery.json')];
  const runtime = environment['XDG_RUNTIME_DIR'];
  const shared = join(environment['HOME'] ?? homedir(), '.local', 'share', 'map-daemon', 'discovery.json');
  return runtime ? [join(runtime, 'map-daemon', 'discovery.json'), shared] : [shared];
}

/**
 * Reads the first discovery file that exists.
 *
 * @throws MapTransportError `NO_DAEMON` when there is none, `UNSAFE_DISCOVERY_FILE` when others may read or own it
 */
export async function discover(places: readonly string[]): Promise<{ path: string; discovery: Discovery }> {
  for (const path of places) {
    const file = await openIfThere(path);
    if (!file) continue;
    try {
      await refuseUnsafe(file, path);
      return { path, discovery: parse(await file.readFile('utf8'), path) };
    } finally {
      await file.close();
    }
  }
  throw new MapTransportError(
    'NO_DAEMON', `No daemon is running: there is no discovery file at ${places.join(' or ')}. Start it with: ./build.sh run`);
}

/** The socket where there is one, else loopback TCP with the token. */
export function preferredEndpoint({ socket, tcp, token }: Discovery, path: string): Endpoint {
  if (socket !== undefined) return { socket };
  if (tcp !== undefined && token !== undefined) return { address: tcp, token };
  throw new MapTransportError('NO_DAEMON', `The discovery file ${path} names neither a socket nor an address with a token.`);
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new MapTransportError('UNSAFE_DISCOVERY_FILE', `The discovery file cannot be read: ${message}`, error);
  }
}

// The file decides where requests and the token go, so nobody else may have written or seen it. The open file is
// checked, not its name: that cannot be swapped in between.
async function refuseUnsafe(file: FileHandle, path: string): Promise<void> {
  if (process.getuid === undefined) return;
  const { uid, mode } = await file.stat();
  if (uid !== process.getuid()) {
    throw new MapTransportError(
      'UNSAFE_DISCOVERY_FILE', `The discovery file ${path} belongs to another user (uid ${uid}); it is not used.`);
  }
  if ((mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    throw new MapTransportError(
      'UNSAFE_DISCOVERY_FILE', `The discovery file ${path} is open to other users (mode ${octal}); it is not used. Restart the daemon, which makes it anew with mode 0600.`);
  }
}

function parse(text: string, path: string): Discovery {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MapTransportError('NO_DAEMON', `The discovery file ${path} is not valid JSON. Restart the daemon.`, error);
  }
  if (!isDiscovery(value)) {
    throw new MapTransportError('NO_DAEMON', `The discovery file ${path} does not have the form it needs. SDK and daemon do not fit.`);
  }
  return value;
}

function isDiscovery(value: unknown): value is Discovery {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, socket, tcp, token, version } = value as Record<string, unknown>;
  const text = (field: unknown): boolean => field === undefined || typeof field === 'string';
  return typeof pid === 'number' && typeof version === 'string' && text(socket) && text(tcp) && text(token);
}
