// The part of the tour about dances: code that the daemon runs in its sandbox.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CommitError, DanceError, Holon, type GuestModule, type MapClient, type MapTransaction, type PropertyValue, type Space,
} from '@map/sdk';
import type { Narrator } from './narrator.js';

const MEMBER = 'M-005';
const OTHER_MEMBER = 'M-003';
const BOOK = 'Emma';
const SUBJECT = 'Society';
const BACKTRACE_SHOWN = 4;

/** What carries out which dance: a module and its entry point. */
const IMPLEMENTATIONS = [
  { dance: 'Lend', module: 'lending', entrypoint: 'lend' },
  { dance: 'GiveBack', module: 'lending', entrypoint: 'giveBack' },
  { dance: 'Profile', module: 'profile', entrypoint: 'profile' },
  { dance: 'SelfTest', module: 'every-function', entrypoint: 'selfTest' },
  { dance: 'Stumble', module: 'faulty', entrypoint: 'stumble' },
] as const;

/**
 * Installs the sample dances, binds them to the library's types and runs them.
 *
 * @param folder where the built modules are
 */
export async function dances(client: MapClient, space: Space, folder: string, narrator: Narrator): Promise<void> {
  const modules = await install(client, folder, narrator);
  await bind(space, modules, narrator);
  await profile(space, narrator);
  const number = await lend(space, narrator);
  await giveBack(space, number, narrator);
  await stumble(space, narrator);
  await selfTest(space, narrator);
}

async function install(client: MapClient, folder: string, narrator: Narrator): Promise<Map<string, GuestModule>> {
  const modules = new Map<string, GuestModule>();
  for (const name of new Set(IMPLEMENTATIONS.map(({ module }) => module))) {
    const { module, wasInstalled } = await client.guests.install(await readFile(join(folder, `${name}.wasm`)));
    modules.set(name, module);
    const { write } = module.capabilities;
    const may = write.length === 0 ? 'may only read' : `may write ${write.map((key) => key.replace('.HolonType', '')).join(', ')}`;
    narrator.did(wasInstalled ? 'found' : 'installed', `${name}, ${Math.round(module.bytes / 1024)} kB; it ${may}`);
  }
  return modules;
}

/** Stages what says which code carries out a dance, and which validator judges loans, as far as it is not there yet. */
async function bind(space: Space, modules: ReadonlyMap<string, GuestModule>, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'bind dances' });
  for (const { dance, module, entrypoint } of IMPLEMENTATIONS) {
    const to = { ForDance: await tx.getByKey(`${dance}.DanceType`) };
    await bindOne(tx, 'DanceImplementation', `${dance} in the sandbox`, { Engine: 'Guest', ...codeOf(modules, module, entrypoint) }, to);
  }
  const loans = { Validates: await tx.getByKey('Loan.HolonType') };
  await bindOne(tx, 'HolonValidator', 'Rules of lending', codeOf(modules, 'lending', 'loanRules'), loans);
  if ((await tx.stagedCount()) === 0) return;
  await tx.commit();
  narrator.did('bound', `${IMPLEMENTATIONS.length} dances to their types, and a validator to loans`);
}

function codeOf(modules: ReadonlyMap<string, GuestModule>, name: string, entrypoint: string) {
  const module = modules.get(name);
  if (!module) throw new Error(`The module ${name} is not installed.`);
  return { ModuleRef: module.sha256, Entrypoint: entrypoint, AbiId: module.abi };
}

async function bindOne(
  tx: MapTransaction, type: string, name: string, code: Record<string, string>, relationships: Record<string, Holon>,
): Promise<void> {
  const known = await tx.getAll({ keyPrefix: name }).first();
  if (!known) {
    const properties = { ImplementationName: name, ...code };
    await tx.stageNewHolon({ type: await tx.getByKey(`${type}.HolonType`), properties, relationships });
  } else if ((await known.get('ModuleRef')) !== code['ModuleRef']) {
    await (await known.stageNewVersion()).set(code);
  }
}

async function profile(space: Space, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'profile' });
  const lines = await (await tx.getByKey(SUBJECT)).dance('Profile');
  narrator.did('danced', `Profile on "${SUBJECT}": reads all books about it, in one call`);
  for (const line of Array.isArray(lines) ? lines : []) narrator.shows('', String(line));
}

/** A dance that changes something is one undo step; a validator judges what is staged by hand, too. Returns the loan's number. */
async function lend(space: Space, narrator: Narrator): Promise<string> {
  await using tx = await space.begin({ label: 'lend a book' });
  const member = await tx.getByKey(MEMBER);
  const lentAt = new Date();
  const loan = holonOf(await member.dance('Lend', { properties: { Title: BOOK, LentAt: lentAt } }));
  const number = String(await loan.get('LoanNumber'));
  narrator.did('danced', `Lend on ${String(await member.get('Name'))}: "${BOOK}", as loan ${number}`);
  await tx.undo();
  narrator.did('undid', `all that the dance did, in one step; ${await tx.stagedCount()} holons are staged`);
  await tx.redo();
  const properties = { LoanNumber: 'L-9999', LentAt: lentAt, DueAt: lentAt };
  const relationships = { OfBook: await tx.getByKey(BOOK) };
  const second = await tx.stageNewHolon({ type: await tx.getByKey('Loan.HolonType'), properties, relationships });
  await (await (await tx.getByKey(OTHER_MEMBER)).stageNewVersion()).add('HasLoan', second);
  const messages = await refusal(tx);
  narrator.did('refused', 'by the validator of loans: a second loan, staged by hand');
  for (const message of messages) narrator.shows('', message);
  await second.delete();
  await tx.commit();
  narrator.did('committed', `loan ${number}`);
  return number;
}

async function refusal(tx: MapTransaction): Promise<string[]> {
  try {
    await tx.commit();
  } catch (error) {
    if (error instanceof CommitError) return error.errors.slice(1).map(({ message }) => message);
    throw error;
  }
  throw new Error('A book was lent twice.');
}

async function giveBack(space: Space, number: string, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'give a book back' });
  await (await tx.getByKey(number)).dance('GiveBack', { properties: { ReturnedAt: new Date() } });
  await tx.commit();
  narrator.did('danced', `GiveBack on ${number}, and committed: the book counts as read`);
}

/** A dance that fails leaves no trace, and says where it was. */
async function stumble(space: Space, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'stumble' });
  try {
    await (await tx.getByKey(BOOK)).dance('Stumble');
  } catch (error) {
    if (!(error instanceof DanceError)) throw error;
    narrator.did('stopped', `a dance that went wrong after a change; ${await tx.stagedCount()} holons are staged`);
    narrator.shows('', error.message);
    for (const call of (error.details.backtrace ?? []).slice(0, BACKTRACE_SHOWN)) narrator.shows('', `  at ${call}`);
    return;
  }
  throw new Error('A dance went well that was to fail.');
}

async function selfTest(space: Space, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'self-test' });
  const faults = await (await tx.getByKey('M-001')).dance('SelfTest', { properties: { Title: 'A Book for a Test', LentAt: new Date() } });
  if (!Array.isArray(faults) || faults.length > 0) throw new Error(`The self-test of guests found: ${String(faults)}`);
  narrator.did('danced', 'SelfTest: every function that guests have does what it should');
}

function holonOf(answer: Holon | PropertyValue | undefined): Holon {
  if (answer instanceof Holon) return answer;
  throw new Error(`A dance was to answer a holon, not ${String(answer)}.`);
}
