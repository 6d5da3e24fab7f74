// The two forms of a query, and what the compiler knows of them. What is said of types here is checked by `npm run typecheck`.
import {
  double, enumValue, HolonId, int, query, Timestamp,
  type BuiltQuery, type Holon, type MapTransaction, type PropertyValue, type Query, type RowCollection,
} from '@map/sdk';
import { describe, expect, expectTypeOf, it } from 'vitest';

const ID = '0196d5a0-7c1e-7b32-9f00-1a2b3c4d5e6f/0196d5a0-9a44-7d01-8c11-a1b2c3d4e5f6';

interface Library {
  Book: {
    properties: { Title: string; PublicationYear: number };
    relationships: { AuthoredBy: 'Person'; Continues: 'Book'; SetIn: 'Place' };
  };
  Person: { properties: { Name: string; BirthYear: number }; relationships: { AuthorOf: 'Book'; BornIn: 'Place' } };
  Place: { properties: { Name: string; Latitude: number }; relationships: { BirthplaceOf: 'Person' } };
}

const library = query.over<Library>();

/** Never called: the compiler alone looks at it. */
export const ask = (tx: MapTransaction, stored: Query, either: Query | BuiltQuery<object>) => ({
  nothing: tx.traverse(query.from('Book')),
  selected: tx.traverse(query.from('Book').follow('AuthoredBy').select('Name', 'BirthYear')),
  object: tx.traverse({ from: 'Book', steps: [{ where: { Form: 'Novel' } }, { follow: 'A', depth: [1, 2] }], select: ['Title'] }),
  stored: tx.traverse(stored),
  either: tx.traverse(either),
  continued: tx.traverse(query.of(query.from('Book').select('Title')).limit(1)),
  typed: tx.traverse(library.from('Book').follow('AuthoredBy').select('Name', 'BirthYear', 'Key')),
  ofTwo: tx.traverse(library.from('Book', 'Person').follow(['SetIn', 'BornIn']).select('Latitude')),
  far: tx.traverse(library.from('Book').follow(['AuthoredBy', 'AuthorOf'], { depth: [1, 3] }).select('Title', 'Name')),
});
type Asked = ReturnType<typeof ask>;

describe('a query put together', () => {
  it('is the same as the object', () => {
    const built = query.from('Book')
      .where({ PublicationYear: { atLeast: 1850 }, Form: 'Novel' })
      .follow('AuthoredBy')
      .follow(['BornIn', 'DiedIn'], { depth: [0, 2] })
      .distinct()
      .orderBy('Name', { property: 'Country', descending: true })
      .limit(10)
      .select('Name', 'Country');
    expect(built.toJSON()).toEqual({
      from: 'Book',
      steps: [
        { where: { PublicationYear: { atLeast: 1850 }, Form: 'Novel' } },
        { follow: 'AuthoredBy' },
        { follow: ['BornIn', 'DiedIn'], depth: [0, 2] },
      ],
      distinct: true,
      orderBy: ['Name', { property: 'Country', descending: true }],
      limit: 10,
      select: ['Name', 'Country'],
    } satisfies Query);
  });

  it('begins with one seed or several', () => {
    expect(query.from('Book').toJSON()).toEqual({ from: 'Book' });
    expect(query.from({ key: 'Emma' }, { id: ID }).toJSON()).toEqual({ from: [{ key: 'Emma' }, { id: ID }] });
  });

  it('can be continued in several ways', () => {
    const books = query.from('Book').where({ Form: 'Novel' }).limit(5);
    const authors = books.follow('AuthoredBy').select('Name');
    const places = books.follow('SetIn').distinct().limit(7);
    expect(books.toJSON()).toEqual({ from: 'Book', steps: [{ where: { Form: 'Novel' } }], limit: 5 });
    expect(authors.toJSON()).toEqual({ from: 'Book', steps: [{ where: { Form: 'Novel' } }, { follow: 'AuthoredBy' }], limit: 5, select: ['Name'] });
    expect(places.toJSON()).toEqual({ from: 'Book', steps: [{ where: { Form: 'Novel' } }, { follow: 'SetIn' }], distinct: true, limit: 7 });
  });

  it('continues one that was stored', () => {
    const stored = JSON.parse(JSON.stringify(query.from('Book').select('Title'))) as Query;
    expect(query.of(stored).follow('AuthoredBy').select('Name').toJSON())
      .toEqual({ from: 'Book', steps: [{ follow: 'AuthoredBy' }], select: ['Name'] });
    expect(query.of(query.from('Book')).limit(1).toJSON()).toEqual({ from: 'Book', limit: 1 });
  });
});

describe('a query as JSON', () => {
  it('has values that JSON has', () => {
    const where = {
      A: new Date('2024-02-29T12:00:00.5Z'), B: new Timestamp(-1n), C: new Uint8Array([1, 2, 255]), D: enumValue('Novel'), E: 7n, F: int(-7),
      G: double(2), H: 2.5, I: { oneOf: [new Date(0), 'x'] }, all: [{ J: double(1e300) }], K: true, L: [double(0.5), double(1)],
    };
    const seed = { id: HolonId.parse(ID), type: undefined };
    const { id, ...rest } = seed;
    expect(query.from({ id }, rest).where(where).toJSON()).toEqual({
      from: [{ id: ID }, {}],
      steps: [{
        where: {
          A: '2024-02-29T12:00:00.500Z', B: '1969-12-31T23:59:59.999999Z', C: 'AQL/', D: 'Novel', E: 7, F: -7,
          G: 2, H: 2.5, I: { oneOf: ['1970-01-01T00:00:00.000Z', 'x'] }, all: [{ J: 1e300 }], K: true, L: [0.5, 1],
        },
      }],
    });
  });

  it.each([
    ['steps[0].where.P.less: 9007199254740992 cannot be stored', 2n ** 53n],
    ['steps[0].where.P.less: NaN cannot be stored', double(NaN)],
    ['steps[0].where.P.less: +012024-01-01T00:00:00.000Z cannot be stored', new Date('+012024-01-01T00:00:00Z')],
  ])('refuses: %s', (message, value) => {
    expect(() => JSON.stringify(query.from('A').where({ P: { less: value } }))).toThrow(message);
  });

  it('is checked when it is read, and before it is stored', () => {
    expect(() => query.of(JSON.parse('{ "from": "A", "steps": [{ "folow": "B" }] }') as Query)).toThrow('steps[0].folow: no such field');
    expect(() => query.from('A').limit(-1).toJSON()).toThrow('limit: expected a whole number');
  });
});

describe('the compiler', () => {
  type Told<Rows> = Rows extends RowCollection<infer Properties> ? Properties : never;

  it('knows what rows tell', () => {
    expectTypeOf<Told<Asked['nothing']>>().toEqualTypeOf<object>();
    expectTypeOf<Told<Asked['selected']>>().toEqualTypeOf<{ readonly Name?: PropertyValue; readonly BirthYear?: PropertyValue }>();
    expectTypeOf<Told<Asked['object']>>().toEqualTypeOf<{ readonly Title?: PropertyValue }>();
    expectTypeOf<Told<Asked['stored']>>().toEqualTypeOf<{ readonly [x: string]: PropertyValue | undefined }>();
    expectTypeOf<Told<Asked['either']>>().toEqualTypeOf<object>();
    expectTypeOf<Told<Asked['continued']>>().toEqualTypeOf<{ readonly Title?: PropertyValue }>();
    expectTypeOf<Told<Asked['typed']>>().toEqualTypeOf<{ readonly Name?: string; readonly BirthYear?: number; readonly Key?: string }>();
    expectTypeOf<Told<Asked['ofTwo']>>().toEqualTypeOf<{ readonly Latitude?: number }>();
    expectTypeOf<Told<Asked['far']>>().toEqualTypeOf<{ readonly Title?: string; readonly Name?: string }>();
  });

  it('knows the names of a schema', () => {
    const books = library.from('Book');
    expect(books.follow('Continues', { depth: 2 }).where({ Title: { startsWith: 'A' }, any: [{ PublicationYear: 1850 }] }).toJSON().steps).toHaveLength(2);
    // @ts-expect-error There is no such type.
    library.from('Books');
    // @ts-expect-error Books have no such relationship.
    books.follow('AuthorOf');
    // @ts-expect-error Nothing has.
    books.follow('WrittenBy', { depth: 2 });
    // @ts-expect-error Nor such a property.
    books.where({ Name: 'Emma' });
    // @ts-expect-error Nor in a condition within.
    books.where({ any: [{ not: { Name: 'Emma' } }] });
    // @ts-expect-error Persons have no title.
    books.follow('AuthoredBy').select('Title');
    // @ts-expect-error Books have no name.
    books.orderBy({ property: 'Name' });
  });

  it('knows the form of conditions', () => {
    const books = query.from('Book');
    // @ts-expect-error There is no such comparison.
    books.where({ PublicationYear: { atLeats: 1850 } });
    // @ts-expect-error Properties are written in UpperCamelCase, so that this is a mistake.
    books.where({ al: [{ Form: 'Novel' }] });
    const name: string = 'Form';
    expect(books.where({ [name]: 'Novel' }).where({ all: [{ Élan: 1 }], isA: 'Book' }).toJSON().steps).toHaveLength(2);
  });

  it('takes a handle as seed', () => {
    expectTypeOf<Holon>().toExtend<Query['from']>();
  });
});
