// What the types of the library say of relationships and deletions, and what a person is told who does otherwise.
import type { MapClient, MapTransaction, Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { libraryIn, plain, refusal, stage, stageNovel, type Finding } from './library.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await libraryIn(client, 'library');
});
afterAll(async () => {
  client.close();
  await daemon[Symbol.asyncDispose]();
});

const PEOPLE = ['Dickens, Charles', 'Hardy, Thomas', 'Shelley, Mary', 'Eliot, George', 'Brontë, Anne'];

async function stageLoan(tx: MapTransaction, ...members: string[]): Promise<void> {
  const book = await tx.getByKey('Emma');
  const moments = { LentAt: '2026-03-02T10:15:00Z', DueAt: '2026-03-30T17:00:00Z' };
  const loan = await stage(tx, 'Loan', { properties: { LoanNumber: 'L-0009', ...moments }, relationships: { OfBook: book } });
  for (const key of members) await (await (await tx.getByKey(key)).stageNewVersion()).add('HasLoan', loan);
}

describe('a commit in the library is refused', () => {
  it.each<[string, (tx: MapTransaction) => Promise<void>, Finding]>([
    ['more than five authors', async (tx) => {
      const book = await stageNovel(tx);
      await book.add('AuthoredBy', ...await Promise.all(PEOPLE.map((key) => tx.getByKey(key))));
    }, {
      code: 'CARDINALITY', rule: 'MemberCount', field: 'AuthoredBy',
      message: '"Lady Susan" has 6 members under "AuthoredBy"; Book asks for 1 to 5. Remove links.',
    }],
    ['no author', async (tx) => {
      const book = await stageNovel(tx);
      await book.removeRelated('AuthoredBy', await tx.getByKey('Austen, Jane'));
    }, {
      code: 'MISSING_REQUIRED', rule: 'MemberCount', field: 'AuthoredBy',
      message: '"Lady Susan" has no members under "AuthoredBy"; Book asks for 1 to 5. Add links.',
    }],
    ['a place for an author', async (tx) => {
      const book = await stageNovel(tx);
      await book.add('AuthoredBy', await tx.getByKey('London, United Kingdom'));
    }, {
      code: 'WRONG_TARGET_TYPE', rule: 'TargetConforms', field: 'AuthoredBy',
      message: '"AuthoredBy" of "Lady Susan" leads to "London, United Kingdom" of type Place, but takes members of type Person. Remove that link.',
    }],
    ['a relationship that books do not have', async (tx) => {
      const book = await stageNovel(tx);
      await book.add('ReviewedBy', await tx.getByKey('Hardy, Thomas'));
    }, {
      code: 'UNKNOWN_RELATIONSHIP', rule: 'RelationshipKnown', field: 'ReviewedBy',
      message: '"Lady Susan" has links under "ReviewedBy", which Book does not know. Remove them, or declare the relationship.',
    }],
    ['a loan to nobody', (tx) => stageLoan(tx), {
      code: 'MISSING_REQUIRED', rule: 'SourceCount', field: 'LoanTo',
      message: '"L-0009" has no members under "LoanTo", the inverse of "HasLoan"; Loan asks for exactly 1. Add links.',
    }],
    ['a loan to two members', (tx) => stageLoan(tx, 'M-001', 'M-002'), {
      code: 'CARDINALITY', rule: 'SourceCount', field: 'LoanTo',
      message: '"L-0009" has 2 members under "LoanTo", the inverse of "HasLoan"; Loan asks for exactly 1. Remove links.',
    }],
  ])('for %s', async (_, mistake, expected) => {
    await using tx = await space.begin();
    await mistake(tx);
    expect((await refusal(tx)).findings.map(plain)).toEqual([expected]);
  });

  it('for a person made a place, with whom everything is wrong then, the books by that person among it', async () => {
    await using tx = await space.begin();
    const person = await (await tx.getByKey('Hardy, Thomas')).stageNewVersion();
    await person.withDescriptor(await tx.getByKey('Place.HolonType'));
    const findings = (await refusal(tx)).findings.map(plain);
    const facts = ['BirthYear', 'DeathYear', 'FamilyName', 'GivenName', 'IsPenName'].map((name) => `PropertyKnown ${name}`);
    expect(findings.map(({ rule = '', field = '' }) => `${rule} ${field}`).toSorted())
      .toEqual([...facts, 'PropertyRequired Country', 'RelationshipKnown BornIn', 'TargetConforms DescribedBy']);
    expect(findings.find(({ rule }) => rule === 'TargetConforms')?.message).toBe(
      '"Hardy, Thomas" is of type Place, but links under "AuthoredBy" lead to it, which takes members of type Person. '
      + 'Remove those links, or choose another type.');
  });
});

describe('the deletion of a type', () => {
  it('is refused as long as there are holons of it', async () => {
    await using tx = await space.begin();
    await tx.deleteHolon(await tx.getByKey('Book.HolonType'));
    const findings = (await refusal(tx)).findings.map(plain);
    expect(findings.filter(({ rule }) => rule === 'TypeWithoutInstances')).toEqual([{
      code: 'DELETION_BLOCKED', rule: 'TypeWithoutInstances', field: 'Instances',
      message: '"Book.HolonType" describes other holons, "Sense and Sensibility" among them. Delete those, or give them another type, first.',
    }]);
  });
});

describe('the deletion of an author', () => {
  it('is blocked by what that person wrote', async () => {
    await using tx = await space.begin();
    await tx.deleteHolon(await tx.getByKey('Hardy, Thomas'));
    const findings = (await refusal(tx)).findings.map(plain);
    expect(findings.filter(({ rule }) => rule === 'DeletionAllowed')).toEqual([{
      code: 'DELETION_BLOCKED', rule: 'DeletionAllowed', field: 'AuthorOf',
      message: '"Hardy, Thomas" cannot be deleted as long as it is related to "Far from the Madding Crowd", "The Mayor of Casterbridge", '
        + '"Tess of the d\'Urbervilles" and others under "AuthorOf". Remove those links, or delete those holons too.',
    }]);
  });
});

describe('the deletion of a member', () => {
  it('takes the loans along, in one step that undo takes back, and leaves the books', async () => {
    const tx = await space.begin();
    const book = await tx.getByKey('Middlemarch');
    expect(await book.related('LoanedAs').toArray()).toHaveLength(1);
    expect(await tx.deleteHolon(await tx.getByKey('M-001'))).toBe(3);
    expect(await tx.stagedCount()).toBe(3);
    expect(await failure(tx.getByKey('L-0001'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await book.related('LoanedAs').toArray()).toEqual([]);

    await tx.undo();
    expect(await tx.stagedCount()).toBe(0);
    expect(await (await tx.getByKey('L-0001')).related('LoanTo').toArray()).toHaveLength(1);
    expect(await tx.editStatus()).toEqual({ canUndo: false, canRedo: true });

    await tx.redo();
    expect(await tx.commit()).toMatchObject({ savedCount: 0, deletedCount: 3, warnings: [] });
    await using after = await space.begin();
    for (const key of ['M-001', 'L-0001', 'L-0002']) expect(await failure(after.getByKey(key))).toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(await (await after.getByKey('Middlemarch')).related('LoanedAs').toArray()).toEqual([]);
  });
});

describe('the deletion of a book that is lent', () => {
  it('is blocked by the loan, and goes through with it', async () => {
    await using tx = await space.begin();
    await tx.deleteHolon(await tx.getByKey('Moby-Dick'));
    expect((await refusal(tx)).findings.map(plain)).toEqual([
      {
        code: 'DELETION_BLOCKED', rule: 'DeletionAllowed', field: 'LoanedAs',
        message: '"Moby-Dick" cannot be deleted as long as it is related to "L-0006" under "LoanedAs". Remove that link, or delete that holon too.',
      },
      {
        code: 'MISSING_REQUIRED', rule: 'MemberCount', field: 'OfBook',
        message: '"L-0006" has no members under "OfBook"; Loan asks for exactly 1. Add links.',
      },
    ]);
    await tx.deleteHolon(await tx.getByKey('L-0006'));
    expect(await tx.validate()).toEqual({ errors: [], warnings: [] });
    expect(await tx.commit()).toMatchObject({ deletedCount: 2, warnings: [] });
  });
});
