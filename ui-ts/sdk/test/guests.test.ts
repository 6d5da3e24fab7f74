import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MapClient, MapTransportError } from '../src/index.js';
import { bytes, FakeDaemon, SPACE_ID } from './fake-daemon.js';

let daemon: FakeDaemon;
let client: MapClient;
beforeAll(async () => {
  daemon = await FakeDaemon.start();
  client = await MapClient.connect({ socket: daemon.socket });
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

describe('guest modules', () => {
  it('are told in the types of the SDK, what is left out as well', async () => {
    const received: Uint8Array[] = [];
    daemon.admin.installGuest = ({ module }) => {
      received.push(module);
      return { guest: { sha256: 'ab', name: 'x', problem: 'It is damaged.', bytes: 5n, installedAt: { unixMicros: 1_500_000n } }, wasInstalled: true };
    };
    const { module, wasInstalled } = await client.guests.install(new Uint8Array([1, 2, 3]));
    expect(received).toEqual([new Uint8Array([1, 2, 3])]);
    expect(wasInstalled).toBe(true);
    expect(module).toMatchObject({ sha256: 'ab', bytes: 5, fuel: 0n, memoryBytes: 0, problem: 'It is damaged.' });
    expect(module.capabilities).toEqual({ read: [], write: [], delete: [] });
    expect(module.installedAt.getTime()).toBe(1_500);
  });

  it('are not forced away unless that is asked for', async () => {
    const forced: boolean[] = [];
    daemon.admin.removeGuest = ({ force }) => {
      forced.push(force);
      return { dependents: [{ space: 's', holonId: { spaceId: SPACE_ID, localId: bytes(3) }, key: 'k', typeName: 'DanceImplementation' }] };
    };
    const [dependent] = await client.guests.remove('ab');
    await client.guests.remove('ab', { force: true });
    expect(forced).toEqual([false, true]);
    expect(dependent).toMatchObject({ space: 's', key: 'k', typeName: 'DanceImplementation' });
    expect(dependent?.holonId.localId).toBe('03030303-0303-0303-0303-030303030303');
  });

  it('of an answer without a module are an error', async () => {
    daemon.admin.installGuest = () => ({});
    await expect(client.guests.install(new Uint8Array())).rejects.toThrow(MapTransportError);
  });
});
