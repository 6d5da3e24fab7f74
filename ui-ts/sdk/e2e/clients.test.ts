import type { MapClient } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, spaceWithNotes } from './daemon.js';
import { buf, bufCurl, connectNode, grpcJs, type Json, type JsonClient } from './json-clients.js';

let daemon: Daemon;
let sdk: MapClient;
beforeAll(async () => {
  daemon = await Daemon.start();
  sdk = await daemon.connect('socket');
  await spaceWithNotes(sdk, 'clients');
});
afterAll(async () => {
  sdk.close();
  await daemon[Symbol.asyncDispose]();
});

const clients: [name: string, make: () => JsonClient][] = [
  ['buf curl by reflection over TCP', () => bufCurl(daemon.discovery)],
  ['grpc-js over TCP', () => grpcJs(new URL(daemon.discovery.tcp).host, daemon.discovery.token)],
  ['grpc-js over the socket', () => grpcJs(`unix:${daemon.discovery.socket}`)],
  ['connect-node over TCP', () => connectNode(daemon.discovery)],
  ['connect-node over the socket', () => connectNode({ socket: daemon.discovery.socket })],
];

describe.each(clients)('%s', (name, make) => {
  let client: JsonClient;
  beforeAll(() => { client = make(); });
  afterAll(() => { client.close(); });

  const begin = async (): Promise<Json> =>
    (await client.call('MapSpaces', 'BeginTransaction', { space: { name: 'clients' }, label: name, client: 'e2e' })).transactionId;

  const execute = async (transactionId: Json, intent: 'query' | 'mutation', command: Json): Promise<Json> => {
    const response = await client.call('MapCommands', 'Execute', { name: 'e2e', transactionId, command: { [intent]: command } });
    expect(response.errors ?? []).toEqual([]);
    expect(response.success).toBe(true);
    return response.body;
  };

  it('begins, changes, reads and commits', async () => {
    const first = await begin();
    const type = (await execute(first, 'query', { getByKey: { key: 'Note.HolonType' } })).reference;
    const properties = [
      { name: 'Title', value: { stringValue: 'Été 🌞' } },
      { name: 'Pages', value: { integerValue: '9007199254740993' } },
      { name: 'Scan', value: { bytesValue: 'AAH/' } },
    ];
    const { reference } = await execute(first, 'mutation', { stageNewHolon: { content: { descriptor: type, key: name, properties } } });
    await execute(first, 'mutation', { withPropertyValue: { holon: reference, properties: [{ name: 'Rating', value: { doubleValue: 2.5 } }] } });
    expect((await execute(first, 'query', { propertyValue: { holon: reference, name: 'Rating' } })).value).toEqual({ doubleValue: 2.5 });
    const { commit } = await execute(first, 'mutation', { commit: {} });
    expect(commit.saved).toHaveLength(1);
    expect(Number(commit.commitNumber)).toBeGreaterThan(0);

    const second = await begin();
    const saved = (await execute(second, 'query', { getByKey: { key: name } })).reference;
    expect((await execute(second, 'query', { holonId: { holon: saved } })).holonId).toEqual(commit.saved[0]);
    for (const { name: property, value } of properties) {
      expect((await execute(second, 'query', { propertyValue: { holon: saved, name: property } })).value).toEqual(value);
    }
    await execute(second, 'mutation', { rollback: {} });
    const outcome = async (transactionId: Json): Promise<Json> =>
      (await client.call('MapSpaces', 'GetTransaction', { transactionId })).transaction.status;
    expect([await outcome(first), await outcome(second)]).toEqual(['TRANSACTION_STATUS_COMMITTED', 'TRANSACTION_STATUS_ROLLED_BACK']);
  });

  it('gets an error of the domain as an answer', async () => {
    const response = await client.call('MapCommands', 'Execute', {
      name: 'e2e', transactionId: await begin(), command: { query: { getByKey: { key: 'nowhere' } } },
    });
    expect(response.success ?? false).toBe(false);
    expect(response.errors).toHaveLength(1);
    expect(response.errors[0].code).toBe('ERROR_CODE_KEY_NOT_FOUND');
    expect(response.errors[0].message).toContain('nowhere');
  });
});

describe('reflection', () => {
  it('lists the services', async () => {
    const { tcp, token } = daemon.discovery;
    const services = await buf('curl', '--protocol', 'grpc', '--http2-prior-knowledge', '--reflect-header', `authorization: Bearer ${token}`, '--list-services', tcp);
    for (const service of ['map.v1.MapAdmin', 'map.v1.MapCommands', 'map.v1.MapSpaces']) expect(services).toContain(service);
  });
});
