// The sample library with the sample dances bound to its types, as code that runs in the daemon's sandbox.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Holon, type GuestModule, type MapClient, type MapTransaction, type PropertyValue, type Space } from '@map/sdk';
import { libraryIn } from '../library/library.js';

const BUILT = fileURLToPath(new URL('../../../../src/guest/dances/build/', import.meta.url));

/** Dances of the module of failures, by what they do. Each is afforded by books. */
const FAULTY = ['Spin', 'Hoard', 'Descend', 'Overreach', 'Decline', 'Misspell'];

/** A space with the library and its dances. */
export async function dancingLibraryIn(client: MapClient, name: string): Promise<Space> {
  const space = await libraryIn(client, name);
  const [lending, profile, everyFunction, faulty] = await Promise.all(
    ['lending', 'profile', 'every-function', 'faulty'].map((module) => install(client, module)));
  await using tx = await space.begin({ label: 'bind dances' });
  await implement(tx, 'Lend', lending, 'lend');
  await implement(tx, 'GiveBack', lending, 'giveBack');
  await implement(tx, 'Profile', profile, 'profile');
  await implement(tx, 'SelfTest', everyFunction, 'selfTest');
  await implement(tx, 'Stumble', faulty, 'stumble');
  for (const dance of FAULTY) {
    await stageDance(tx, dance);
    await implement(tx, dance, faulty, dance.toLowerCase());
  }
  await tx.stageNewHolon({
    type: await tx.getByKey('HolonValidator.HolonType'),
    properties: { ImplementationName: 'Rules of lending', ...codeOf(lending, 'loanRules') },
    relationships: { Validates: await tx.getByKey('Loan.HolonType') },
  });
  await tx.commit();
  return space;
}

/** The holon that a dance answered. */
export function holonOf(answer: Holon | PropertyValue | undefined): Holon {
  if (answer instanceof Holon) return answer;
  throw new Error(`The dance answered ${String(answer)}.`);
}

/** Lends a book to a member. */
export async function lend(tx: MapTransaction, member: string, title: string): Promise<Holon> {
  return holonOf(await (await tx.getByKey(member)).dance('Lend', { properties: { Title: title, LentAt: new Date('2026-05-04T10:00:00Z') } }));
}

async function install(client: MapClient, name: string): Promise<GuestModule> {
  return (await client.guests.install(await readFile(`${BUILT}${name}.wasm`))).module;
}

async function stageDance(tx: MapTransaction, name: string): Promise<void> {
  const plural = `${name}s`;
  await tx.stageNewHolon({
    type: await tx.getByKey('MetaDanceType.MetaHolonType'),
    key: `${name}.DanceType`,
    properties: { TypeName: name, TypeNamePlural: plural, DisplayName: name, DisplayNamePlural: plural, Description: 'Fails.' },
    relationships: {
      Extends: await tx.getByKey('DanceType.HolonType'),
      ComponentOf: await tx.getByKey('Library Schema'),
      DanceAffordedBy: await tx.getByKey('Book.HolonType'),
    },
  });
}

async function implement(tx: MapTransaction, dance: string, module: GuestModule | undefined, entrypoint: string): Promise<void> {
  await tx.stageNewHolon({
    type: await tx.getByKey('DanceImplementation.HolonType'),
    properties: { ImplementationName: `${dance} in the sandbox`, Engine: 'Guest', ...codeOf(module, entrypoint) },
    relationships: { ForDance: await tx.getByKey(`${dance}.DanceType`) },
  });
}

function codeOf(module: GuestModule | undefined, entrypoint: string) {
  if (!module) throw new Error('A module is missing.');
  return { ModuleRef: module.sha256, Entrypoint: entrypoint, AbiId: module.abi };
}
