// A query that would be thousands of calls for a client: what the library has about a subject.
import { Dance, Holon } from '@map/guest'

/** How many of each sort are told. */
const MOST = 5

/** How often something occurs. */
class Tally {
  private readonly counts: Map<string, i32> = new Map()

  add(what: string): void {
    this.counts.set(what, (this.counts.has(what) ? this.counts.get(what) : 0) + 1)
  }

  /** The most frequent ones, each as `English 12`. */
  top(): string {
    const entries = new Array<Entry>()
    const names = this.counts.keys()
    for (let i = 0; i < names.length; i++) entries.push(new Entry(names[i], this.counts.get(names[i])))
    entries.sort((one, other) => other.count != one.count ? other.count - one.count : one.name < other.name ? -1 : 1)
    return entries.slice(0, MOST).map<string>((entry) => `${entry.name} ${entry.count}`).join(', ')
  }
}

class Entry {
  constructor(readonly name: string, readonly count: i32) {}
}

let subjects = new Set<string>()
let books = new Set<string>()
let languages = new Tally()
let forms = new Tally()
let centuries = new Tally()
let authors = new Tally()

/** `Profile`, of a subject. Answers lines of text: the counts, and the most frequent of each sort. It changes nothing. */
export function profile(request: i32): i32 {
  const dance = new Dance(request)
  addSubject(dance.holon)
  return dance.answer([
    `Subjects: ${subjects.size}`,
    `Books: ${books.size}`,
    `Languages: ${languages.top()}`,
    `Forms: ${forms.top()}`,
    `Centuries: ${centuries.top()}`,
    `Authors: ${authors.top()}`,
  ])
}

function addSubject(subject: Holon): void {
  const id = subject.id()
  if (subjects.has(id)) return
  subjects.add(id)
  const about = subject.related('SubjectOf')
  for (let book = about.next(); book; book = about.next()) {
    addBook(book)
    book.close()
  }
  const parts = subject.related('NarrowerSubject')
  for (let part = parts.next(); part; part = parts.next()) {
    addSubject(part)
    part.close()
  }
}

/** A book may be about several subjects, and counts once. */
function addBook(book: Holon): void {
  const id = book.id()
  if (books.has(id)) return
  books.add(id)
  languages.add(textOf(book, 'Language'))
  forms.add(textOf(book, 'Form'))
  const year = book.get('PublicationYear')
  centuries.add(year ? centuryOf(year.asInteger()) : 'unknown')
  const writers = book.related('AuthoredBy')
  for (let author = writers.next(); author; author = writers.next()) {
    authors.add(textOf(author, 'Name'))
    author.close()
  }
}

function textOf(holon: Holon, name: string): string {
  const value = holon.get(name)
  return value ? value.toString() : 'unknown'
}

function centuryOf(year: i64): string {
  return year > 0 ? `${year / 100 * 100}s` : 'before Christ'
}
