// Validators: guests that judge what is staged, at commit and when asked, with what other transactions saved meanwhile.
import { CommitError, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { stage } from '../library/library.js';
import { dancingLibraryIn, lend } from './dances.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await dancingLibraryIn(client, 'library');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const LENT = new Date('2026-05-04T10:00:00Z');

/** Stages a loan without the dance that would refuse it. */
async function stageLoan(tx: MapTransaction, number: string, title: string) {
  const loan = await stage(tx, 'Loan', {
    properties: { LoanNumber: number, LentAt: LENT, DueAt: LENT },
    relationships: { OfBook: await tx.getByKey(title) },
  });
  await (await (await tx.getByKey('M-005')).stageNewVersion()).add('HasLoan', loan);
  return loan;
}

/** What the commit is refused with. */
async function refusal(tx: MapTransaction) {
  const error = await failure(tx.commit());
  if (!(error instanceof CommitError)) throw error;
  return error.errors.slice(1).map(({ code, field, message }) => ({ code, field, message }));
}

/** What the validator says of a loan of a book that is out as another. */
const lentAlready = (loan: string, title: string, other: string) => ({
  code: 'VALIDATOR_VIOLATION',
  field: 'OfBook',
  message: `"${loan}": "${title}" is lent already, as ${other}. Wait until it is back. (Told by "Rules of lending".)`,
});

describe('a validator', () => {
  it('finds what is wrong across holons, at commit and before', async () => {
    const tx = await space.begin();
    const loan = await stageLoan(tx, 'L-0100', 'Moby-Dick');
    const { errors } = await tx.validate();
    expect(errors.map(({ message }) => message)).toEqual([lentAlready('L-0100', 'Moby-Dick', 'L-0006').message]);
    expect(await refusal(tx)).toEqual([lentAlready('L-0100', 'Moby-Dick', 'L-0006')]);
    await loan.removeRelated('OfBook', await tx.getByKey('Moby-Dick'));
    await loan.add('OfBook', await tx.getByKey('Emma'));
    await tx.commit();
  });

  it('counts what dances and hands staged together', async () => {
    await using tx = await space.begin();
    for (const title of ['Persuasion', 'Kokoro', 'Botchan']) await lend(tx, 'M-003', title);
    expect((await tx.validate()).errors).toEqual([]);
    const fourth = await lend(tx, 'M-003', 'Candide');
    const found = await refusal(tx);
    expect(found).toHaveLength(4);
    for (const { message } of found) expect(message).toContain('Clara Test would have 4 books; 3 are allowed. Take one back before.');
    await fourth.delete();
    expect((await tx.validate()).errors).toEqual([]);
  });

  it('judges by what another transaction committed meanwhile', async () => {
    const [first, second] = [await space.begin(), await space.begin()];
    await stageLoan(first, 'L-0200', 'Walden');
    await stageLoan(second, 'L-0201', 'Walden');
    expect((await second.validate()).errors).toEqual([]);
    await first.commit();
    expect(await refusal(second)).toEqual([lentAlready('L-0201', 'Walden', 'L-0200')]);
    await second.rollback();
  });
});
