import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, ConnectError } from '@connectrpc/connect';
import { MapClient } from '@map/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discoveryPlaces } from '../src/internal/discovery.js';
import { FakeDaemon } from './fake-daemon.js';

let daemon: FakeDaemon;
let directory: string;
beforeEach(async () => {
  daemon = await FakeDaemon.start();
  directory = await mkdtemp(join(tmpdir(), 'map-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await daemon[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function discovery(content: unknown, where = directory): Promise<string> {
  const path = join(where, 'discovery.json');
  await mkdir(where, { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
}

const base = { pid: 1, version: '0.1.0' };

describe('connect', () => {
  it('prefers the socket, without a token', async () => {
    const headers: (string | null)[] = [];
    daemon.onList = ({ requestHeader }) => headers.push(requestHeader.get('authorization'));
    await discovery({ ...base, socket: daemon.socket, tcp: daemon.address, token: 'secret' });
    await using client = await MapClient.connect({ dataDirectory: directory });
    expect(client.address).toBe(`unix:${daemon.socket}`);
    expect(headers).toEqual([null]);
  });

  it('takes TCP with the token where there is no socket', async () => {
    const headers: (string | null)[] = [];
    daemon.onList = ({ requestHeader }) => headers.push(requestHeader.get('authorization'));
    await discovery({ ...base, tcp: daemon.address, token: 'secret' });
    await using client = await MapClient.connect({ dataDirectory: directory });
    expect(client.address).toBe(daemon.address);
    expect(headers).toEqual(['Bearer secret']);
  });

  it('finds the daemon of MAP_DAEMON_DATA, else of the runtime directory, else of the home directory', async () => {
    expect(discoveryPlaces({ MAP_DAEMON_DATA: '/d', XDG_RUNTIME_DIR: '/r', HOME: '/h' })).toEqual(['/d/discovery.json']);
    expect(discoveryPlaces({ XDG_RUNTIME_DIR: '/r', HOME: '/h' }))
      .toEqual(['/r/map-daemon/discovery.json', '/h/.local/share/map-daemon/discovery.json']);
    expect(discoveryPlaces({ HOME: '/h' })).toEqual(['/h/.local/share/map-daemon/discovery.json']);
    vi.stubEnv('MAP_DAEMON_DATA', '');
    vi.stubEnv('XDG_RUNTIME_DIR', directory);
    await discovery({ ...base, socket: daemon.socket }, join(directory, 'map-daemon'));
    await using client = await MapClient.connect();
    expect(client.address).toBe(`unix:${daemon.socket}`);
  });

  it.each([0o640, 0o604, 0o620])('refuses a discovery file of mode %o', async (mode) => {
    await chmod(await discovery({ ...base, socket: daemon.socket }), mode);
    await expect(MapClient.connect({ dataDirectory: directory }))
      .rejects.toMatchObject({ status: 'UNSAFE_DISCOVERY_FILE', message: expect.stringContaining('open to other users') as string });
  });

  it('refuses a discovery file of another user', async () => {
    await discovery({ ...base, socket: daemon.socket });
    const own = process.getuid?.() ?? 0;
    vi.spyOn(process, 'getuid').mockReturnValue(own + 1);
    await expect(MapClient.connect({ dataDirectory: directory }))
      .rejects.toMatchObject({ status: 'UNSAFE_DISCOVERY_FILE', message: expect.stringContaining(`uid ${own}`) as string });
    vi.restoreAllMocks();
  });

  it.each(['{', '[]', '{}', '{"pid":1,"version":"1"}', '{"pid":1,"version":"1","socket":7}'])('refuses the discovery file %s', async (text) => {
    await discovery(text);
    await expect(MapClient.connect({ dataDirectory: directory })).rejects.toMatchObject({ status: 'NO_DAEMON' });
  });

  it('says how to start a daemon when there is none', async () => {
    await expect(MapClient.connect({ dataDirectory: directory }))
      .rejects.toMatchObject({ status: 'NO_DAEMON', message: expect.stringContaining('./build.sh run') as string });
  });

  it.each([
    ['socket', () => ({ socket: join(directory, 'gone') })],
    ['address', () => ({ address: 'http://127.0.0.1:9', token: 't' })],
  ])('says how to start a daemon when nobody answers at its %s', async (_, options) => {
    await expect(MapClient.connect(options()))
      .rejects.toMatchObject({ status: 'UNAVAILABLE', message: expect.stringContaining('./build.sh run') as string });
  });

  it('says that a token is not good', async () => {
    daemon.onList = () => { throw new ConnectError('unknown token', Code.Unauthenticated); };
    await expect(MapClient.connect({ address: daemon.address, token: 'old' }))
      .rejects.toMatchObject({ status: 'UNAUTHENTICATED', message: expect.stringContaining('does not accept the token') as string });
  });

  it('sends no token away from this machine', async () => {
    await expect(MapClient.connect({ address: 'http://example.org:80', token: 't' })).rejects.toThrow('no loopback address');
    await expect(MapClient.connect({ address: daemon.address })).rejects.toThrow('needs a token');
  });
});
