// Dances that fail, each in a way of its own, after they have changed something: none of it may stay.
import { Dance, Holon, log } from '@map/guest'

/** Reaches beyond the end of an array, two calls deep. */
export function stumble(request: i32): i32 {
  const dance = new Dance(request)
  leaveTrace(dance)
  const words = titleOf(dance.holon).split(' ')
  return dance.answer(wordAt(words, words.length))
}

/** Never ends. */
export function spin(request: i32): i32 {
  const dance = new Dance(request)
  leaveTrace(dance)
  while (true) wordsRead += titleOf(dance.holon).length
}

/** Wants more memory than there is. */
export function hoard(request: i32): i32 {
  leaveTrace(new Dance(request))
  while (true) heap.push(new Uint8Array(1 << 20))
}

/** Calls itself without end. */
export function descend(request: i32): i32 {
  leaveTrace(new Dance(request))
  return depth(1)
}

/** Reads what its manifest does not tell. */
export function overreach(request: i32): i32 {
  const dance = new Dance(request)
  leaveTrace(dance)
  const author = dance.holon.related('AuthoredBy').first()!
  return dance.answer(author.get('Name')!)
}

/** Says why it will not. */
export function decline(request: i32): i32 {
  const dance = new Dance(request)
  leaveTrace(dance)
  return dance.fail('NOT_TODAY', 'It declines, for the sake of the example.')
}

/** Gives up with more words than there may be. */
export function ramble(request: i32): i32 {
  leaveTrace(new Dance(request))
  throw new Error('🜁 and so on, '.repeat(1000))
}

/** Is refused by the daemon what it asks for. */
export function misspell(request: i32): i32 {
  const dance = new Dance(request)
  dance.holon.set('Title', 'A saved holon cannot be changed')
  return dance.done()
}

let wordsRead = 0
let heap = new Array<Uint8Array>()

function leaveTrace(dance: Dance): void {
  log.information(`${dance.name} is about to fail`)
  dance.holon.stageNewVersion().set('Note', 'A trace of a dance that failed')
}

function titleOf(book: Holon): string {
  return book.get('Title')!.asString()
}

function wordAt(words: string[], index: i32): string {
  return words[index]
}

function depth(level: i32): i32 {
  return depth(level + 1) + level
}
