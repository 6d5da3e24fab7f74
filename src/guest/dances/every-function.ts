// Uses every function of the guest interface on the sample library, and checks what it answers.
import { Dance, enumValue, Holon, Kind, log, Phase, Timestamp, Value } from '@map/guest'
import { close as closeHandle, holon_phase, last_error, set_property, violation } from '@map/guest/imports'

let failures = new Array<string>()

/**
 * `SelfTest`, of a member. Answers the names of what is not as it should be; none, when all is well. Fails with a code of its
 * own where the request's title is "fail".
 */
export function selfTest(request: i32): i32 {
  const dance = new Dance(request)
  const title = dance.request.get('Title')!.asString()
  if (title == 'fail') return dance.fail('AS_ASKED', 'It fails, as the request says.')
  checkReading(dance)
  checkRelationships(dance.holon)
  checkFinding(dance, dance.holon)
  checkTransient(dance)
  checkStaged(dance, title)
  checkVersion(dance.holon, dance.getByKey('Emma'))
  checkRefusals(dance.holon)
  dance.warn('Every function was tried.')
  log.debug('The self-test is through.')
  dance.answer(dance.holon)
  return dance.answer(failures)
}

function check(name: string, holds: bool): void {
  if (!holds) failures.push(name)
}

function checkReading(dance: Dance): void {
  const member = dance.holon
  check('dance_name', dance.name == 'SelfTest')
  check('affording_holon, holon_key', member.key()! == 'M-001')
  check('holon_key: none', dance.request.key() == null)
  check('holon_id', member.id().length == 32)
  check('holon_phase', member.phase() == Phase.Saved && dance.request.phase() == Phase.Transient)
  check('holon_type', member.descriptor()!.key()! == 'Member.HolonType')
  check('holon_type_name', member.typeName()! == 'Member')
  check('property', member.get('Name')!.asString() == 'Ada Example')
  check('property: moment', member.get('JoinedAt')!.asTimestamp().toString() == '2024-01-08T09:30:00.000Z')
  check('property: none', member.get('Nickname') == null)
  check('property_names, next_name', member.propertyNames().includes('Name') && member.propertyNames().includes('Note'))
}

function checkRelationships(member: Holon): void {
  const names = member.relationshipNames()
  check('relationship_names', names.includes('HasRead') && names.includes('HasLoan') && !names.includes('LoanTo'))
  check('relationship_names: inverse', member.related('HasRead').first()!.relationshipNames().includes('ReadBy'))
  const read = member.related('HasRead').toArray()
  check('related, next_holon', read.map<string>((book) => book.key()!).join(', ') == 'Emma, Persuasion, Middlemarch, Persuasion')
  check('related_count', member.relatedCount('HasRead') == 4 && member.relatedCount('LoanTo') == 0)
  check('same_holon', read[1].equals(read[3]) && !read[0].equals(read[1]))
  const handle = read[0].handle
  read[0].close()
  check('close', holon_phase(handle) == -1 && closeHandle(handle) == -1)
}

function checkFinding(dance: Dance, member: Holon): void {
  const type = dance.getByKey('Member.HolonType')
  check('find_by_key', dance.getByKey('M-001').equals(member) && dance.getByKey('M-001', type).equals(member))
  check('find_by_key: none', dance.findByKey('M-001', dance.getByKey('Book.HolonType')) == null)
  check('find_by_type', dance.getAll(type).toArray().length == 6)
  const meta = dance.getByKey('MetaHolonType.MetaTypeDescriptor')
  const few = dance.getAll(meta).toArray().length
  check('find_by_type: subtypes', few > 6 && dance.getAll(meta, true).toArray().length > few)
}

function checkTransient(dance: Dance): void {
  const holon = dance.newHolon()
  check('new_holon', holon.phase() == Phase.Transient && holon.descriptor() == null && holon.typeName() == null)
  holon.set('Text', 'naïve 🜁')
  holon.set('Flag', true)
  holon.set('Number', -7)
  holon.set('Double', 2.5)
  holon.set('Variant', enumValue('Novel'))
  holon.set('Moment', new Timestamp(-1))
  holon.set('Bytes', Uint8Array.wrap(String.UTF8.encode('bytes')))
  holon.set('List', ['one', 'two'])
  holon.set('Long', 'long '.repeat(500))
  check('set_property: text', holon.get('Text')!.asString() == 'naïve 🜁')
  check('set_property: boolean', holon.get('Flag')!.asBoolean())
  check('set_property: integer', holon.get('Number')!.asInteger() == -7)
  check('set_property: double', holon.get('Double')!.asDouble() == 2.5)
  check('set_property: enum', holon.get('Variant')!.asEnum() == 'Novel')
  check('set_property: moment', holon.get('Moment')!.asTimestamp().unixMicros == -1)
  check('set_property: bytes', holon.get('Bytes')!.asBytes().length == 5)
  check('set_property: array', holon.get('List')!.kind == Kind.Array && holon.get('List')!.asArray()[1].asString() == 'two')
  check('set_property: long', holon.get('Long')!.equals(Value.of('long '.repeat(500))))
  check('remove_property', holon.remove('Text') && !holon.remove('Text') && holon.get('Text') == null)
}

function checkStaged(dance: Dance, title: string): void {
  const type = dance.getByKey('Book.HolonType')
  const book = dance.stageNewHolon(type)
  book.set('Title', title)
  check('stage_new', book.phase() == Phase.StagedForCreate && book.typeName()! == 'Book')
  const copy = book.clone()
  check('clone', copy.phase() == Phase.Transient && copy.get('Title')!.asString() == title && !copy.equals(book))
  const staged = dance.newHolon(type)
  staged.set('Title', title + ', again')
  const second = staged.stage()
  check('stage', second.phase() == Phase.StagedForCreate && second.get('Title')!.asString() == title + ', again')
  second.add('Continues', book)
  check('add_related', second.related('Continues').first()!.equals(book))
  second.removeRelated('Continues', book)
  check('remove_related', second.relatedCount('Continues') == 0)
  check('delete', second.delete() == 1 && book.delete() == 1)
}

function checkVersion(member: Holon, book: Holon): void {
  const version = member.stageNewVersion()
  check('new_version', version.phase() == Phase.StagedForUpdate && version.id() == member.id())
  check('new_version: again', version.stageNewVersion().equals(version))
  version.set('Note', 'Went through the self-test.')
  check('new_version: read', version.get('Note')!.asString() == 'Went through the self-test.')
  version.add('HasRead', book)
  check('add_related: last', version.related('HasRead').toArray().pop().equals(book))
}

/** What the SDK would end the call for is asked directly. */
function checkRefusals(member: Holon): void {
  const saved = member.related('HasRead').first()!
  const name = String.UTF8.encode('Title')
  const value = Value.of('Another title')
  const refused = set_property(saved.handle, changetype<usize>(name), name.byteLength, value.address, value.size)
  check('set_property: of a saved holon', refused == -5)
  check('last_error', last_error(0, 0) > 0)
  check('violation: of a dance', violation(0, 0, changetype<usize>(name), name.byteLength) < 0)
}
