// What the types of the library say of properties, values and keys, and what a person is told who does otherwise.
import { EnumValue, type MapClient, type MapTransaction, type Holon, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { libraryIn, localId, plain, refusal, stage, stageNovel, type Finding } from './library.js';

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

const FORMS = 'Novel, Novella, Stories, Play, Poetry, Nonfiction';

describe('a commit in the library is refused', () => {
  it.each<[string, (tx: MapTransaction) => Promise<Holon>, Finding]>([
    ['a number for a title', (tx) => stageNovel(tx, { Title: 1984 }), {
      code: 'VALUE_KIND_MISMATCH', rule: 'ValueKind', field: 'Title', message: '"Title" of "1984" is 1984; ShortText takes text.',
    }],
    ['a year as text', (tx) => stageNovel(tx, { PublicationYear: '1871' }), {
      code: 'VALUE_KIND_MISMATCH', rule: 'ValueKind', field: 'PublicationYear',
      message: '"PublicationYear" of "Lady Susan" is "1871"; Year takes a whole number.',
    }],
    ['a year that is not whole', (tx) => stageNovel(tx, { PublicationYear: 1871.5 }), {
      code: 'VALUE_KIND_MISMATCH', rule: 'ValueKind', field: 'PublicationYear',
      message: '"PublicationYear" of "Lady Susan" is 1871.5; Year takes a whole number.',
    }],
    ['a year to come', (tx) => stageNovel(tx, { PublicationYear: 2101 }), {
      code: 'VALUE_OUT_OF_RANGE', rule: 'ValueRange', field: 'PublicationYear',
      message: '"PublicationYear" of "Lady Susan" is 2101; Year is at most 2100.',
    }],
    ['an empty original title', (tx) => stageNovel(tx, { OriginalTitle: '' }), {
      code: 'VALUE_OUT_OF_RANGE', rule: 'ValueLength', field: 'OriginalTitle',
      message: '"OriginalTitle" of "Lady Susan" is ""; ShortText has at least 1 character.',
    }],
    ['an ISBN cut short', (tx) => stageNovel(tx, { Isbn: '978-0-14' }), {
      code: 'VALUE_OUT_OF_RANGE', rule: 'ValueLength', field: 'Isbn',
      message: '"Isbn" of "Lady Susan" is "978-0-14"; Isbn13 has at least 17 characters.',
    }],
    ['a form that there is not', (tx) => stageNovel(tx, { Form: 'Epic' }), {
      code: 'UNKNOWN_VARIANT', rule: 'ValueVariant', field: 'Form', message: `"Form" of "Lady Susan" is "Epic"; BookForm has the variants ${FORMS}.`,
    }],
    ['the same name twice', (tx) => stage(tx, 'Person', { key: 'Doe, J.', properties: { Name: 'J. Doe', OtherNames: ['Jo', 'Jo'] } }), {
      code: 'DUPLICATE_ITEM', rule: 'ValueUniqueItems', field: 'OtherNames',
      message: '"OtherNames" of "Doe, J." is ["Jo", "Jo"]; NameList has each item once, and "Jo" stands twice.',
    }],
    ['a number among names', (tx) => stage(tx, 'Person', { key: 'Doe, J.', properties: { Name: 'J. Doe', OtherNames: [7] } }), {
      code: 'VALUE_KIND_MISMATCH', rule: 'ValueKind', field: 'OtherNames',
      message: '"OtherNames" of "Doe, J." is [7]; of its items, 7 does not fit: ShortText takes text.',
    }],
    ['a day for a moment', (tx) => stage(tx, 'Member', { properties: { MemberNumber: 'M-007', Name: 'Gus', JoinedAt: 'Monday' } }), {
      code: 'VALUE_KIND_MISMATCH', rule: 'ValueKind', field: 'JoinedAt',
      message: '"JoinedAt" of "M-007" is "Monday"; MapTimestampValueType takes a moment, say 2026-03-02T10:15:00Z.',
    }],
    ['no form', async (tx) => {
      const book = await stageNovel(tx);
      await book.remove('Form');
      return book;
    }, {
      code: 'MISSING_REQUIRED', rule: 'PropertyRequired', field: 'Form', message: '"Lady Susan" has no value for "Form", which Book requires. Give it one.',
    }],
    ['a property that books do not have', (tx) => stageNovel(tx, { Colour: 'blue' }), {
      code: 'UNKNOWN_PROPERTY', rule: 'PropertyKnown', field: 'Colour',
      message: '"Lady Susan" has a value for "Colour", which Book does not know. Remove it, or declare the property.',
    }],
    ['a key that is not the title', (tx) => stageNovel(tx, { Key: 'susan' }), {
      code: 'KEY_RULE', rule: 'KeyFollowsRule', field: 'Key',
      message: 'The key of "susan" does not follow the rule of Book, by which it is "Lady Susan". Set that, or leave the key to the rule.',
    }],
    ['an abstract type', (tx) => stageOf(tx, 'HolonType.TypeDescriptor'), {
      code: 'ABSTRACT_TYPE', rule: 'TypeIsConcrete', field: 'DescribedBy',
      message: '"thing" is described by HolonType, which is abstract. Choose a type that extends it.',
    }],
    ['a book for a type', (tx) => stageOf(tx, 'Emma'), {
      code: 'NOT_A_TYPE', rule: 'TypeIsType', field: 'DescribedBy',
      message: '"thing" is described by "Emma", which is no type: it has no "TypeName". Choose a type with WithDescriptor.',
    }],
    ['no type at all', (tx) => tx.stageNewHolon({ key: 'thing' }), {
      code: 'MISSING_DESCRIPTOR', rule: 'HasType', field: 'DescribedBy',
      message: '"thing" has no descriptor; every saved holon needs a type. Use WithDescriptor.',
    }],
  ])('for %s', async (_, mistake, expected) => {
    await using tx = await space.begin();
    const culprit = await mistake(tx);
    const { summary, findings } = await refusal(tx);
    expect(summary).toBe('Nothing was saved: what is staged breaks a rule of its type. Mend that and commit again.');
    expect(findings.map(plain)).toEqual([expected]);
    expect(culprit.equals(findings[0]?.subject as Holon)).toBe(true);
  });

  it('for a book without a title, which is named by its type as it has no key', async () => {
    await using tx = await space.begin();
    const book = await stageNovel(tx);
    await book.remove('Title');
    const { findings } = await refusal(tx);
    expect(findings.map(plain)).toEqual([{
      code: 'MISSING_REQUIRED', rule: 'PropertyRequired', field: 'Title',
      message: `Book ${await localId(book)} has no value for "Title", which Book requires. Give it one.`,
    }]);
  });

  it('for the key of another book', async () => {
    await using tx = await space.begin();
    await stageNovel(tx, { Title: 'Emma' });
    const { findings } = await refusal(tx);
    expect(findings.map(plain)).toEqual([{
      code: 'DUPLICATE_KEY', rule: 'KeyUnique', field: 'Key',
      message: `The key "Emma" is taken by another Book (${await localId(await saved(tx, 'Emma'))}). Give one of them another key.`,
    }]);
  });
});

async function stageOf(tx: MapTransaction, type: string): Promise<Holon> {
  return tx.stageNewHolon({ type: await tx.getByKey(type), key: 'thing' });
}

/** The saved one of a key that a staged one has as well. */
async function saved(tx: MapTransaction, key: string): Promise<Holon> {
  const { id } = await (await space.begin()).getByKey(key).then((holon) => holon.content());
  return tx.getById(id ?? '');
}

describe('a commit in the library', () => {
  it('fills in what is not given: a default value, and the key that the rule makes', async () => {
    await using tx = await space.begin();
    const place = await stage(tx, 'Place', { properties: { Name: 'Winchester', Country: 'United Kingdom', Latitude: 51 } });
    const author = await stage(tx, 'Person', { key: 'Doe, Jane', properties: { Name: 'Jane Doe' }, relationships: { BornIn: place } });
    expect(await author.get('IsPenName')).toBeUndefined();
    expect(await place.key()).toBeUndefined();
    await tx.commit();

    await using after = await space.begin();
    expect(await (await after.getByKey('Doe, Jane')).get('IsPenName')).toBe(false);
    const [winchester] = await after.getAll({ keyPrefix: 'Winchester' }).toArray();
    expect(await winchester?.key()).toBe('Winchester, United Kingdom');
    expect(await winchester?.get('Latitude')).toBe(51);
  });

  it('saves an enum given as text as its variant, and never replaces what was given', async () => {
    await using tx = await space.begin();
    await stageNovel(tx, { Title: 'Sanditon' });
    await stage(tx, 'Person', { key: 'Pen, P.', properties: { Name: 'P. Pen', IsPenName: true } });
    await tx.commit();
    await using after = await space.begin();
    expect(await (await after.getByKey('Sanditon')).get('Form')).toEqual(new EnumValue('Novel'));
    expect(await (await after.getByKey('Pen, P.')).get('IsPenName')).toBe(true);
  });

  it('gives a book whose title is changed the key of its new title', async () => {
    await using tx = await space.begin();
    const book = await (await tx.getByKey('Persuasion')).stageNewVersion();
    await book.set('Title', 'The Elliots');
    await tx.commit();
    await using after = await space.begin();
    const renamed = await after.getByKey('The Elliots');
    expect(await renamed.content()).toMatchObject({ version: 2, properties: { Title: 'The Elliots', Key: 'The Elliots' } });
    expect(await (await renamed.related('AuthoredBy').first())?.key()).toBe('Austen, Jane');
    expect(await failure(after.getByKey('Persuasion'))).toMatchObject({ code: 'KEY_NOT_FOUND' });
  });
});

describe('a book of the library', () => {
  it('tells its type and what that declares', async () => {
    await using tx = await space.begin();
    const emma = await tx.getByKey('Emma');
    expect(await (await emma.descriptor())?.key()).toBe('Book.HolonType');
    const properties = (await emma.availableProperties()).map(({ key }) => key);
    expect(properties).toEqual(expect.arrayContaining(['Form.PropertyType', 'Title.PropertyType']));
    expect(properties).not.toContain('JoinedAt.PropertyType');
    const relationships = (await emma.availableRelationships()).map(({ key }) => key);
    expect(relationships).toContain('(Book.HolonType)-[AuthoredBy]->(Person.HolonType)');
    const dances = (await emma.availableDances()).map(({ key }) => key);
    expect(dances).toEqual(expect.arrayContaining(['Copy.DanceType', 'Outline.DanceType']));
    expect(await (await tx.stageNewHolon({})).descriptor()).toBeUndefined();
  });
});
