// The part of the tour about queries: one question over several relationships, its rows, and how it is worked out.
import { query, type Space } from '@map/sdk';
import type { Narrator } from './narrator.js';

/** What the tour knows of the library, for the compiler to check names by. */
interface Library {
  Subject: { properties: { Name: string }; relationships: { NarrowerSubject: 'Subject'; SubjectOf: 'Book' } };
  Book: { properties: { Title: string; PublicationYear: number }; relationships: { AuthoredBy: 'Person' } };
  Person: { properties: { Name: string; BirthYear: number }; relationships: { BornIn: 'Place' } };
  Place: { properties: { Name: string; Country: string }; relationships: object };
}

const authors = query.over<Library>()
  .from({ key: 'War', type: 'Subject' })
  .follow('NarrowerSubject', { depth: [0, 2] })
  .follow('SubjectOf')
  .where({ PublicationYear: { atLeast: 1900 } })
  .follow('AuthoredBy')
  .distinct();

/** Asks who wrote about wars since 1900, and tells how the daemon finds that out. */
export async function queries(space: Space, narrator: Narrator): Promise<void> {
  await using tx = await space.begin({ label: 'ask' });
  const rows = await tx.traverse(authors.orderBy('BirthYear', 'Name').select('Name', 'BirthYear')).toArray();
  if (rows.length === 0) throw new Error('Nobody wrote about wars since 1900.');
  narrator.did('asked', `who wrote since 1900 about wars, of any kind: ${rows.length} authors`);
  for (const { properties: { Name, BirthYear } } of rows) narrator.shows('', `${Name ?? ''}${BirthYear === undefined ? '' : `, born ${BirthYear}`}`);
  const places = await tx.traverse(authors.follow('BornIn').orderBy('Country', 'Name').select('Country', 'Name')).toArray();
  narrator.did('went on', `to where they were born: ${places.map(({ properties }) => properties.Name).join(', ')}`);
  const plan = await tx.explain(authors, { run: true });
  narrator.did('explained', 'the first question:');
  for (const { text, rowsRead = 0 } of plan) narrator.shows(`${rowsRead} rows`, text);
}
