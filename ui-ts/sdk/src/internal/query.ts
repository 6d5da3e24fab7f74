import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  Comparison, type TraverseCondition, type TraverseConditionSchema, type TraverseExpandSchema, type TraverseOrderSchema,
  type TraverseQuery, type TraverseQuerySchema, type TraverseSeed, type TraverseSeedSchema, type TraverseStep,
  type TraverseStepSchema, type TypeSelectorSchema,
} from '../gen/map/v1/queries_pb.js';
import { Holon } from '../holon.js';
import { HolonId, idToWire } from '../ids.js';
import type { Query } from '../query.js';
import type { PropertyInput } from '../values.js';
import { isPlain } from './query-json.js';
import { fieldPath, type Place } from './query-place.js';
import { suggestion } from './suggest.js';
import { valueToWire, type WireValue } from './values.js';

/** What a message field of type TraverseQuery takes. */
export type WireQuery = Exclude<MessageInitShape<typeof TraverseQuerySchema>, TraverseQuery>;
type WireSeed = Exclude<MessageInitShape<typeof TraverseSeedSchema>, TraverseSeed>;
type WireStep = Exclude<MessageInitShape<typeof TraverseStepSchema>, TraverseStep>;
type WireCondition = Exclude<MessageInitShape<typeof TraverseConditionSchema>, TraverseCondition>;

type Fields = Readonly<Record<string, unknown>>;

const COMPARISONS = {
  equals: Comparison.EQUAL,
  not: Comparison.NOT_EQUAL,
  less: Comparison.LESS,
  atMost: Comparison.AT_MOST,
  greater: Comparison.GREATER,
  atLeast: Comparison.AT_LEAST,
  oneOf: Comparison.ONE_OF,
  startsWith: Comparison.STARTS_WITH,
  contains: Comparison.CONTAINS,
  exists: Comparison.EXISTS,
} as const;

/**
 * Makes the message of a query. It trusts nothing about the object, which may come from a file.
 *
 * @param place the query as a place, by which to find those that the daemon tells
 * @throws TypeError that begins with the place of the mistake in the object
 */
export function queryToWire(query: Query, place: Place): WireQuery {
  const given = fieldsOf(query, place, ['from', 'steps', 'distinct', 'orderBy', 'limit', 'select']);
  if (given['from'] === undefined) throw place.wrong('it says not where to begin; add from.');
  return {
    seeds: oneOrMore(given['from'], place, ['from', 'seeds'], seedToWire),
    steps: many(given['steps'], place, ['steps', 'steps'], stepToWire),
    distinct: flag(given['distinct'], place.at('distinct', 'distinct')),
    orderBy: many(given['orderBy'], place, ['orderBy', 'order_by'], orderToWire),
    select: many(given['select'], place, ['select', 'select'], text),
    ...optional('limit', given['limit'], (limit) => BigInt(wholeNumber(limit, place.at('limit', 'limit')))),
  };
}

function seedToWire(seed: unknown, place: Place): WireSeed {
  if (seed instanceof Holon) return { seed: { case: 'holon', value: Holon.referenceOf(seed) } };
  if (typeof seed === 'string') return { seed: { case: 'list', value: { type: typeToWire(seed, place.at('', 'list.type')) } } };
  const kinds = plainObject(seed, place, 'a seed: the key of a type, a handle, or an object');
  if ('id' in kinds) return { seed: { case: 'holonId', value: idOf(fieldsOf(seed, place, ['id'])['id'], place.at('id', 'holon_id')) } };
  if ('key' in kinds) {
    const { key, type } = fieldsOf(seed, place, ['key', 'type']);
    return { seed: { case: 'key', value: { key: text(key, place.at('key', 'key.key')), ...optionalType(type, place.at('type', 'key.type')) } } };
  }
  const { type, exact, keyPrefix } = fieldsOf(seed, place, ['type', 'exact', 'keyPrefix']);
  if (exact === true && type === undefined) throw place.at('exact').wrong('only together with a type.');
  const value = {
    ...optionalType(type, place.at('type', 'list.type')),
    exactType: flag(exact, place.at('exact', 'list.exact_type')),
    ...optional('keyPrefix', keyPrefix, (prefix) => text(prefix, place.at('keyPrefix', 'list.key_prefix'))),
  };
  return { seed: { case: 'list', value } };
}

function idOf(id: unknown, place: Place) {
  if (id instanceof HolonId) return idToWire(id);
  try {
    return idToWire(HolonId.parse(text(id, place)));
  } catch (error) {
    throw error instanceof TypeError && !error.message.startsWith(String(place)) ? place.wrong(error.message) : error;
  }
}

function optionalType(type: unknown, place: Place) {
  return optional('type', type, (given) => typeToWire(given, place));
}

function typeToWire(type: unknown, place: Place): MessageInitShape<typeof TypeSelectorSchema> {
  return type instanceof Holon
    ? { by: { case: 'holon', value: Holon.referenceOf(type) } }
    : { by: { case: 'name', value: text(type, place) } };
}

function stepToWire(step: unknown, place: Place): WireStep {
  const given = fieldsOf(step, place, ['where', 'follow', 'depth']);
  if (('where' in given) === ('follow' in given)) throw place.wrong('a step has either where or follow.');
  if ('follow' in given) return { step: { case: 'expand', value: expandToWire(given, place) } };
  const { where } = fieldsOf(step, place, ['where']);
  return { step: { case: 'where', value: conditionToWire(where, place.at('where', 'where')) } };
}

function expandToWire({ follow, depth }: Fields, place: Place): MessageInitShape<typeof TraverseExpandSchema> {
  const relationships = oneOrMore(follow, place, ['follow', 'expand.relationships'], text);
  place.at('follow', 'expand');
  if (depth === undefined) return { relationships };
  const bounds = Array.isArray(depth) ? depth as unknown[] : [depth, depth];
  if (bounds.length !== 2) throw place.at('depth').wrong('expected a number of links, or [fewest, most].');
  const index = (at: number): string => (Array.isArray(depth) ? `depth[${at}]` : 'depth');
  const minDepth = wholeNumber(bounds[0], place.at(index(0), 'expand.min_depth'), MOST_LINKS);
  const maxDepth = wholeNumber(bounds[1], place.at(index(1), 'expand.max_depth'), MOST_LINKS);
  if (minDepth > maxDepth) throw place.at('depth').wrong(`the fewest links come first: [${maxDepth}, ${minDepth}].`);
  return { relationships, minDepth, maxDepth };
}

// What the field of the message holds; the daemon's limit is far below.
const MOST_LINKS = 0xffff_ffff;

function orderToWire(order: unknown, place: Place): MessageInitShape<typeof TraverseOrderSchema> {
  if (typeof order === 'string') return { property: order };
  plainObject(order, place, 'the name of a property, or { property, descending }');
  const { property, descending } = fieldsOf(order, place, ['property', 'descending']);
  return {
    property: text(property, place.at('property', 'property')),
    descending: flag(descending, place.at('descending', 'descending')),
  };
}

/** One of the things that a condition says. */
interface Part {
  /** Where it stands in the object, from the condition on. */
  readonly path: string;
  readonly make: (place: Place) => WireCondition;
}

function conditionToWire(condition: unknown, place: Place): WireCondition {
  const said = Object.entries(plainObject(condition, place, 'a condition: an object')).flatMap(([name, value]) => partsOf(name, value, place));
  return joined('all', said, place);
}

function partsOf(name: string, value: unknown, place: Place): Part[] {
  switch (name) {
    case 'all':
    case 'any':
      return [{ path: name, make: (here) => joined(name, list(value, here).map(conditionPart), here) }];
    case 'not':
      return [{ path: name, make: (here) => ({ condition: { case: 'not', value: conditionToWire(value, here.at('', 'not')) } }) }];
    case 'isA':
      return [{ path: name, make: (here) => ({ condition: { case: 'isA', value: { type: typeToWire(value, here.at('', 'is_a.type')) } } }) }];
    default:
      return propertyParts(name, value, place.at(fieldPath(name)));
  }
}

function conditionPart(condition: unknown, index: number): Part {
  return { path: `[${index}]`, make: (place) => conditionToWire(condition, place) };
}

function propertyParts(name: string, value: unknown, place: Place): Part[] {
  const path = fieldPath(name);
  if (!isFields(value)) return [{ path, make: (here) => comparison(name, 'equals', value, here) }];
  const comparisons = Object.entries(value);
  if (comparisons.length === 0) throw place.wrong('it says no comparison; to ask for a value alone, write { exists: true }.');
  return comparisons.map(([how, operand]) => {
    if (!isComparison(how)) throw place.at(fieldPath(how)).wrong(`no such comparison; ${suggestion(how, Object.keys(COMPARISONS))}`);
    return { path: `${path}.${how}`, make: (here) => comparison(name, how, operand, here) };
  });
}

function isComparison(name: string): name is keyof typeof COMPARISONS {
  return Object.hasOwn(COMPARISONS, name);
}

/** What is said, as one condition: none around one alone. */
function joined(how: 'all' | 'any', parts: readonly Part[], place: Place): WireCondition {
  const [first, ...others] = parts;
  if (!first) throw place.wrong('it says no condition.');
  if (others.length === 0) return first.make(place.at(first.path));
  const conditions = parts.map(({ path, make }, index) => make(place.at(path, `${how}.conditions[${index}]`)));
  return { condition: { case: how, value: { conditions } } };
}

function comparison(name: string, how: keyof typeof COMPARISONS, operand: unknown, place: Place): WireCondition {
  place.at('', 'property');
  const property = (values: WireValue[]): WireCondition =>
    ({ condition: { case: 'property', value: { name, comparison: COMPARISONS[how], values } } });
  switch (how) {
    case 'exists':
      if (operand === undefined || flag(operand, place)) return property([]);
      return { condition: { case: 'not', value: property([]) } };
    case 'oneOf':
      return property(list(operand, place).map((value, index) => valueOf(value, place.at(`[${index}]`, `property.values[${index}]`))));
    case 'startsWith':
      return property([valueOf(text(operand, place), place)]);
    default:
      return property([valueOf(operand, place)]);
  }
}

function valueOf(value: unknown, place: Place): WireValue {
  // A condition that lacks its value by mistake has to fail rather than to hold for all.
  if (value === undefined || value === null) throw place.wrong(`${value} is no value; for holons without one write { exists: false }.`);
  return valueToWire(String(place), value as PropertyInput);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && isPlain(value);
}

function plainObject(value: unknown, place: Place, expected: string): Fields {
  if (isFields(value)) return value;
  throw place.wrong(`expected ${expected}, not ${value === null || typeof value !== 'object' ? String(value) : Object.prototype.toString.call(value)}.`);
}

/** The fields of an object that has no others. */
function fieldsOf(value: unknown, place: Place, known: readonly string[]): Fields {
  const fields = plainObject(value, place, 'an object');
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw place.at(fieldPath(unknown)).wrong(`no such field; ${suggestion(unknown, known)}`);
  return fields;
}

type Paths = readonly [object: string, message: string];

/** The items of a list that may be absent. */
function many<W>(items: unknown, place: Place, [object, message]: Paths, toWire: (item: unknown, place: Place) => W): W[] {
  if (items === undefined) return [];
  return list(items, place.at(object, message)).map((item, index) => toWire(item, place.at(`${object}[${index}]`, `${message}[${index}]`)));
}

/** The items of a list, or the one that stands for a list of it. */
function oneOrMore<W>(items: unknown, place: Place, paths: Paths, toWire: (item: unknown, place: Place) => W): W[] {
  if (Array.isArray(items)) return many(items, place, paths, toWire);
  return [toWire(items, place.at(paths[0], paths[1]).at('', '[0]'))];
}

function list(value: unknown, place: Place): unknown[] {
  if (Array.isArray(value)) return value;
  throw place.wrong('expected a list.');
}

function text(value: unknown, place: Place): string {
  if (typeof value === 'string') return value;
  throw place.wrong('expected a text.');
}

function flag(value: unknown, place: Place): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw place.wrong('expected true or false.');
}

function wholeNumber(value: unknown, place: Place, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw place.wrong('expected a whole number, 0 or more.');
}

function optional<K extends string, W>(name: K, value: unknown, toWire: (value: unknown) => W): { readonly [Name in K]?: W } {
  return value === undefined ? {} : { [name]: toWire(value) } as { readonly [Name in K]?: W };
}
