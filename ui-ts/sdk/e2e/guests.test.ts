import { CapacityError, DanceError, type MapClient } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from './daemon.js';

let daemon: Daemon;
let client: MapClient;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('tcp');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const MANIFEST = {
  abi: 'map:guest/1', name: 'lending', version: '1.0', description: 'Lends.',
  capabilities: { read: ['*'], write: ['Loan.HolonType'] }, fuel: 5000, memoryPages: 2,
};

/** A module with an entry point `run` that answers 0. */
function guest(manifest: object): Uint8Array {
  const content = [...text('map.manifest'), ...new TextEncoder().encode(JSON.stringify(manifest))];
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f,
    3, 2, 1, 0,
    5, 3, 1, 0, 1,
    7, 16, 2, ...text('memory'), 2, 0, ...text('run'), 0, 0,
    10, 6, 1, 4, 0, 0x41, 0, 0x0b,
    0, ...sized(content),
  ]);
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)]);
}

function sized(content: number[]): number[] {
  const { length } = content;
  return [...(length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7]), ...content];
}

describe('guest modules', () => {
  it('are installed, listed, inspected and removed', async () => {
    expect(await client.guests.list()).toEqual([]);
    const { module, wasInstalled } = await client.guests.install(guest(MANIFEST));
    expect(wasInstalled).toBe(false);
    expect(module).toMatchObject({
      name: 'lending', version: '1.0', description: 'Lends.', abi: 'map:guest/1', fuel: 5000n, memoryBytes: 131_072,
      capabilities: { read: ['*'], write: ['Loan.HolonType'], delete: [] }, entrypoints: ['run'],
    });
    expect(module.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(module.problem).toBeUndefined();
    expect((await client.guests.install(guest(MANIFEST))).wasInstalled).toBe(true);
    expect(await client.guests.list()).toEqual([module]);
    expect(await client.guests.inspect(module.sha256)).toEqual({ module, imports: [], dependents: [], unreadSpaces: [] });
    expect(await client.guests.remove(module.sha256)).toEqual([]);
    expect(await failure(client.guests.inspect(module.sha256))).toMatchObject({ code: 'MODULE_NOT_FOUND' });
  });

  it('stay while an implementation names them, unless forced', async () => {
    const { module: { sha256 } } = await client.guests.install(guest(MANIFEST));
    const space = await client.spaces.create('library');
    await using tx = await space.begin();
    const relationships = [
      { name: 'Extends', target: 'DanceType.HolonType' }, { name: 'DanceAffordedBy', target: 'Schema.HolonType' },
      { name: 'ComponentOf', target: 'MAP Core Schema' },
    ];
    const forDance = [{ name: 'ForDance', target: 'Lend.DanceType' }];
    const dance = { TypeName: 'Lend', TypeNamePlural: 'Lends', DisplayName: 'Lend', DisplayNamePlural: 'Lends', Description: 'Lends.' };
    const code = { ImplementationName: 'lend code', Engine: 'Guest', ModuleRef: sha256, Entrypoint: 'run', AbiId: 'map:guest/1' };
    await tx.loadHolons({
      graph: {
        holons: [
          { key: 'Lend.DanceType', type: 'MetaDanceType.MetaHolonType', properties: dance, relationships },
          { key: 'lend code', type: 'DanceImplementation.HolonType', properties: code, relationships: forDance },
        ],
      },
    });
    const staged = await client.guests.inspect(sha256);
    expect(staged.dependents).toEqual([]);
    await tx.commit();

    const [dependent] = (await client.guests.inspect(sha256)).dependents;
    expect(dependent).toMatchObject({ space: 'library', key: 'lend code', typeName: 'DanceImplementation' });
    expect(dependent?.holonId.spaceId).toBe(space.id);
    expect(await failure(client.guests.remove(sha256))).toMatchObject({ code: 'MODULE_IN_USE' });
    expect(await client.guests.remove(sha256, { force: true })).toEqual([dependent]);
    expect(await client.guests.list()).toEqual([]);
  });

  it('are refused with a code for each cause', async () => {
    const refused = await failure(client.guests.install(new TextEncoder().encode('(module)')));
    expect(refused).toBeInstanceOf(DanceError);
    expect(refused).toMatchObject({ code: 'MODULE_REFUSED' });
    expect(await failure(client.guests.install(guest({ ...MANIFEST, abi: 'map:guest/9' })))).toMatchObject({ code: 'MANIFEST_INVALID' });
    const large = await failure(client.guests.install(new Uint8Array((8 << 20) + 1)));
    expect(large).toBeInstanceOf(CapacityError);
    expect(large).toMatchObject({ code: 'TOO_LARGE', details: { limit: 8 << 20 } });
  });
});
