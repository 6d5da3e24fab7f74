// Lending books: two dances, and the validator that keeps whoever lends without them from doing wrong.
import { Dance, Holon, Validator } from '@map/guest'

const DAYS = 28
const MOST_AT_A_TIME = 3

/** `Lend`, of a member: the book of the request's `Title` is lent from `LentAt` on. Answers the loan. */
export function lend(request: i32): i32 {
  const dance = new Dance(request)
  const title = dance.request.get('Title')!.asString()
  const book = dance.findByKey(title, dance.getByKey('Book.HolonType'))
  if (!book) return dance.fail('NO_SUCH_BOOK', `The library has no book "${title}".`)
  const open = openLoanOf(book)
  if (open) return dance.fail('BOOK_IS_LENT', `"${title}" is lent until ${textOf(open, 'DueAt')}.`)

  const lentAt = dance.request.get('LentAt')!.asTimestamp()
  const loan = stageLoan(dance)
  loan.set('LentAt', lentAt)
  loan.set('DueAt', lentAt.plusDays(DAYS))
  loan.add('OfBook', book)
  const member = dance.holon.stageNewVersion()
  member.add('HasLoan', loan)
  const books = openLoansOf(member)
  if (books == MOST_AT_A_TIME) dance.warn(`${textOf(member, 'Name')} has ${books} books now, as many as one may.`)
  return dance.answer(loan)
}

/** `GiveBack`, of a loan: the book is back at the request's `ReturnedAt`, and counts as read. */
export function giveBack(request: i32): i32 {
  const dance = new Dance(request)
  const loan = dance.holon
  if (!isOpen(loan)) return dance.fail('LOAN_IS_OVER', `The book came back ${textOf(loan, 'ReturnedAt')}.`)
  const returnedAt = dance.request.get('ReturnedAt')!.asTimestamp()
  if (returnedAt.isBefore(loan.get('LentAt')!.asTimestamp())) {
    return dance.fail('BACK_BEFORE_LENT', `The book was lent ${textOf(loan, 'LentAt')} and cannot be back before.`)
  }
  loan.stageNewVersion().set('ReturnedAt', returnedAt)
  const member = loan.related('LoanTo').first()
  if (member) member.stageNewVersion().add('HasRead', loan.related('OfBook').first()!)
  return dance.done()
}

/** The validator of loans: a book is with one member at a time, and a member has three books at most. */
export function loanRules(holon: i32): i32 {
  const judge = new Validator(holon)
  const loan = judge.holon
  if (!isOpen(loan)) return judge.done()
  const book = loan.related('OfBook').first()
  if (book) judgeBook(judge, book)
  const member = loan.related('LoanTo').first()
  if (member) judgeMember(judge, member)
  return judge.done()
}

function judgeBook(judge: Validator, book: Holon): void {
  const loans = book.related('LoanedAs')
  for (let other = loans.next(); other; other = loans.next()) {
    if (other.equals(judge.holon) || !isOpen(other)) continue
    judge.violation(`"${textOf(book, 'Title')}" is lent already, as ${textOf(other, 'LoanNumber')}. Wait until it is back.`, 'OfBook')
  }
}

function judgeMember(judge: Validator, member: Holon): void {
  const open = openLoansOf(member)
  if (open > MOST_AT_A_TIME) {
    judge.violation(`${textOf(member, 'Name')} would have ${open} books; ${MOST_AT_A_TIME} are allowed. Take one back before.`)
  }
}

/** Stages a loan under the next free number. */
function stageLoan(dance: Dance): Holon {
  const type = dance.getByKey('Loan.HolonType')
  let number = dance.getAll(type).toArray().length
  let key: string
  do key = 'L-' + (++number).toString().padStart(4, '0')
  while (dance.findByKey(key, type))
  const loan = dance.stageNewHolon(type, key)
  loan.set('LoanNumber', key)
  return loan
}

function openLoansOf(member: Holon): i32 {
  const loans = member.related('HasLoan')
  let open = 0
  for (let loan = loans.next(); loan; loan = loans.next()) open += i32(isOpen(loan))
  return open
}

function openLoanOf(book: Holon): Holon | null {
  const loans = book.related('LoanedAs')
  for (let loan = loans.next(); loan; loan = loans.next()) {
    if (!isOpen(loan)) continue
    loans.close()
    return loan
  }
  return null
}

function isOpen(loan: Holon): bool {
  return loan.get('ReturnedAt') == null
}

function textOf(holon: Holon, name: string): string {
  const value = holon.get(name)
  return value ? value.toString() : 'unknown'
}
