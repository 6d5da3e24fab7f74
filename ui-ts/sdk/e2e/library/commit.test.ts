// Commits in the library as a whole: everything that is wrong is told at once, can be mended, and types can grow.
import { type Holon, type ImportHolon, type MapClient, type MapTransaction, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Daemon, failure } from '../daemon.js';
import { libraryIn, plain, refusal, stage, stageNovel } from './library.js';

const BOOKS = 291;

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

/** A book that breaks a rule of each sort. */
async function stageMess(tx: MapTransaction): Promise<Holon> {
  const place = await tx.getByKey('London, United Kingdom');
  const person = await tx.getByKey('Hardy, Thomas');
  return stage(tx, 'Book', {
    key: 'mess',
    properties: { Title: 'A Mess', Form: 'Epic', PublicationYear: '1900', Colour: 'blue', Isbn: '978' },
    relationships: { SetIn: person, ReviewedBy: place },
  });
}

const MESS = [
  '"mess" has a value for "Colour", which Book does not know. Remove it, or declare the property.',
  '"Form" of "mess" is "Epic"; BookForm has the variants Novel, Novella, Stories, Play, Poetry, Nonfiction.',
  '"Isbn" of "mess" is "978"; Isbn13 has at least 17 characters.',
  '"PublicationYear" of "mess" is "1900"; Year takes a whole number.',
  'The key of "mess" does not follow the rule of Book, by which it is "A Mess". Set that, or leave the key to the rule.',
  '"SetIn" of "mess" leads to "Hardy, Thomas" of type Person, but takes members of type Place. Remove that link.',
  '"mess" has links under "ReviewedBy", which Book does not know. Remove them, or declare the relationship.',
  '"mess" has no members under "AuthoredBy"; Book asks for 1 to 5. Add links.',
];

describe('a commit in which much is wrong', () => {
  it('tells all of it at once, and goes through when that is mended', async () => {
    const tx = await space.begin();
    const book = await stageMess(tx);
    const { message, findings } = await refusal(tx);
    expect(findings.map((each) => each.message)).toEqual(MESS);
    expect(message).toBe([
      'Nothing was saved: what is staged breaks rules of its types in 8 places. Mend that and commit again.',
      ...MESS.slice(0, 5).map((each) => `  - ${each}`),
      '  - and 3 more, in errors',
    ].join('\n'));

    await book.set({ Form: 'Novel', PublicationYear: 1900, Key: 'A Mess' });
    await book.remove(['Colour', 'Isbn']);
    await book.removeRelated('SetIn', await tx.getByKey('Hardy, Thomas'));
    await book.removeRelated('ReviewedBy', await tx.getByKey('London, United Kingdom'));
    expect((await refusal(tx)).findings.map(plain)).toEqual([{
      code: 'MISSING_REQUIRED', rule: 'MemberCount', field: 'AuthoredBy',
      message: '"A Mess" has no members under "AuthoredBy"; Book asks for 1 to 5. Add links.',
    }]);
    await book.add('AuthoredBy', await tx.getByKey('Hardy, Thomas'));
    expect(await tx.validate()).toEqual({ errors: [], warnings: [] });
    expect(await tx.commit()).toMatchObject({ savedCount: 1, warnings: [] });
  });
});

describe('in a library that only reports', () => {
  it('what is wrong is a warning, but for what the store hangs on', async () => {
    const lenient = await libraryIn(client, 'lenient', { validation: 'report' });
    const tx = await lenient.begin();
    await stageMess(tx);
    const untyped = await tx.stageNewHolon({ key: 'untyped' });
    const { errors, warnings } = await tx.validate();
    expect(errors.map(plain)).toMatchObject([{ code: 'MISSING_DESCRIPTOR', rule: 'HasType' }]);
    expect(warnings.map(({ message }) => message)).toEqual(MESS);
    expect(await failure(tx.commit())).toMatchObject({ code: 'VALIDATION_FAILED', errors: { length: 2 } });
    await untyped.delete();
    const receipt = await tx.commit();
    expect(receipt.warnings.map(({ message }) => message)).toEqual(MESS);
    await using after = await lenient.begin();
    expect(await (await after.getByKey('mess')).get('PublicationYear')).toBe('1900');
  });
});

/** A required property for books, of short text. */
const SHELF_MARK: ImportHolon = {
  key: 'ShelfMark.PropertyType',
  type: 'MetaPropertyType.MetaTypeDescriptor',
  properties: {
    TypeName: 'ShelfMark', TypeNamePlural: 'ShelfMarks', DisplayName: 'Shelf mark', DisplayNamePlural: 'Shelf marks',
    Description: 'Where a book stands.', IsValueRequired: true,
  },
  relationships: [
    { name: 'Extends', target: 'PropertyType.TypeDescriptor' },
    { name: 'ComponentOf', target: 'Library Schema' },
    { name: 'ValueType', target: 'ShortText.MapStringValueType' },
  ],
};

async function requireShelfMarks(tx: MapTransaction): Promise<void> {
  await tx.loadHolons({ graph: { holons: [SHELF_MARK] } });
  const type = await (await tx.getByKey('Book.HolonType')).stageNewVersion();
  await type.add('InstanceProperties', await tx.getByKey('ShelfMark.PropertyType'));
}

describe('a type that grows', () => {
  it('governs at once what is staged with it; saved holons that do not follow it are a warning', async () => {
    const growing = await libraryIn(client, 'growing');
    await using meanwhile = await growing.begin();
    await stageNovel(meanwhile, { Title: 'The Watsons' });

    const tx = await growing.begin();
    await requireShelfMarks(tx);
    const book = await stageNovel(tx);
    expect((await refusal(tx)).findings.map(plain)).toEqual([{
      code: 'MISSING_REQUIRED', rule: 'PropertyRequired', field: 'ShelfMark',
      message: '"Lady Susan" has no value for "ShelfMark", which Book requires. Give it one.',
    }]);
    await book.set('ShelfMark', 'Aus 1');
    const warned = await tx.validate();
    const { warnings } = await tx.commit();
    expect(warned.errors).toEqual([]);
    expect(warned.warnings.map(plain)).toEqual(warnings.map(plain));
    const lacking = (key: string): string => `"${key}" has no value for "ShelfMark", which Book requires. Give it one.`;
    expect(warnings.map(plain)).toEqual([{
      code: 'INSTANCES_INVALID', rule: 'InstancesConform', field: undefined,
      message: `${BOOKS} saved holons do not follow Book as it is changed here, for example: `
        + ['Sense and Sensibility', 'Pride and Prejudice', 'Mansfield Park'].map(lacking).join(' '),
    }]);
    expect(warnings[0]?.details.candidates).toHaveLength(100);

    const error = await failure(meanwhile.commit());
    expect(error).toMatchObject({
      code: 'CONFLICT', details: { rule: 'PropertyRequired' },
      message: `${lacking('The Watsons')} A commit after this transaction read brought that about: Refresh, and mend it.`,
    });

    await using after = await growing.begin();
    const emma = await (await after.getByKey('Emma')).stageNewVersion();
    await emma.set('PageCount', 474);
    expect((await refusal(after)).findings.map(({ message }) => message)).toEqual([lacking('Emma')]);
    await emma.set('ShelfMark', 'Aus 2');
    expect(await after.commit()).toMatchObject({ savedCount: 1, warnings: [] });
  });
});
