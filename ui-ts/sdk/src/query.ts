import type { Holon } from './holon.js';
import type { HolonId } from './ids.js';
import { storable } from './internal/query-json.js';
import { Place } from './internal/query-place.js';
import { queryToWire } from './internal/query.js';
import type { PropertyInput, PropertyValue, ScalarInput } from './values.js';

/**
 * A query over many hops as a plain object. What is JSON in it can be stored and sent again; docs/queries.md has the whole
 * form. Properties and relationships are named as everywhere; rows tell properties by their names in UpperCamelCase.
 */
export interface Query<Selected extends string = string> {
  /** Where it begins: one seed, or several, one after the other. */
  readonly from: QuerySeed | readonly QuerySeed[];
  /** What is done with the holons that the step before gave. */
  readonly steps?: readonly QueryStep[] | undefined;
  /** Each holon once. Else a holon stands as often as there are ways to it. */
  readonly distinct?: boolean | undefined;
  /** By the first of these, then the next, and last in order of creation, which is the order when there is none. */
  readonly orderBy?: readonly QueryOrder[] | undefined;
  /** How many rows at most, over all pages. */
  readonly limit?: number | undefined;
  /** The properties that rows tell; none without it. */
  readonly select?: readonly Selected[] | undefined;
}

/**
 * Where a query begins. A text is the key of a type, of which `.HolonType` may be left out, and means all of its holons. A
 * handle is good in its transaction only, and so cannot be stored.
 */
export type QuerySeed = string | Holon | TypeSeed | KeySeed | IdSeed;

/** Begins with all holons that are as described. */
export interface TypeSeed<Type extends string = string> {
  /** Only holons of this type and of those that extend it, named by its key; all holons without it. */
  readonly type?: Type | Holon | undefined;
  /** Not of types that extend it. */
  readonly exact?: boolean | undefined;
  /** Only holons whose key starts with this. */
  readonly keyPrefix?: string | undefined;
}

/** Begins with the one holon of a key. */
export interface KeySeed<Type extends string = string> {
  /** The key. */
  readonly key: string;
  /** Its type, where several types have the key. */
  readonly type?: Type | Holon | undefined;
}

/** Begins with the holon of an id. */
export interface IdSeed {
  /** The id. */
  readonly id: string | HolonId;
}

/** A step of a query: keeps those of which a condition is true, or goes on to what they are linked with. */
export type QueryStep = WhereStep | FollowStep;

/** Keeps the holons of which a condition is true. */
export interface WhereStep {
  /** The condition. */
  readonly where: QueryCondition;
}

/** Goes on to the members of relationships. */
export interface FollowStep extends FollowOptions {
  /** The relationships, by declared or inverse names. A holon whose type does not know one has no members there. */
  readonly follow: string | readonly string[];
}

/** How far to follow. */
export interface FollowOptions {
  /** Over how many links, one after the other: exactly so many, or from so many to so many; 0 is the holon itself. 1 by default. */
  readonly depth?: number | readonly [min: number, max: number] | undefined;
}

/** By what rows stand in order: a property, ascending unless it says otherwise. Holons without a value come last either way. */
export type QueryOrder<Name extends string = string> = Name | {
  /** The property. */
  readonly property: Name;
  /** Whether the greatest come first. */
  readonly descending?: boolean | undefined;
};

/**
 * What has to be true of a holon: all that it says. Properties by name, each with the value that it has to equal or with
 * comparisons, beside `all`, `any`, `not` and `isA`, which in this spelling are no properties.
 */
export type QueryCondition<Name extends string = string> =
  { readonly [Property in NameInUpperCamelCase<Name>]?: PropertyInput | QueryComparisons } & CombinedConditions<Name>;

/** Names that are known stay as they are; of any other the first letter is no small one, so that `all` is no property. */
export type NameInUpperCamelCase<Name extends string> = string extends Name ? `${Uppercase<string>}${string}` : Name;

/** What a condition says beside properties. */
export interface CombinedConditions<Name extends string = string> {
  /** All of these are true. */
  readonly all?: readonly QueryCondition<Name>[];
  /** One of these is true. */
  readonly any?: readonly QueryCondition<Name>[];
  /** This is not true. */
  readonly not?: QueryCondition<Name>;
  /** The holon is of this type, or of one that extends it. */
  readonly isA?: string | Holon;
}

/**
 * Comparisons of a property, all of which have to hold. None holds without a value, but for `exists: false`. Text and bytes
 * go by their bytes, numbers by their size.
 */
export interface QueryComparisons {
  /** It equals this. */
  readonly equals?: PropertyInput;
  /** There is a value, and it is another one. */
  readonly not?: PropertyInput;
  /** It is less. */
  readonly less?: ScalarInput;
  /** It is this or less. */
  readonly atMost?: ScalarInput;
  /** It is greater. */
  readonly greater?: ScalarInput;
  /** It is this or greater. */
  readonly atLeast?: ScalarInput;
  /** It equals one of these. */
  readonly oneOf?: readonly PropertyInput[];
  /** It is a text that begins with this. */
  readonly startsWith?: string;
  /** It is a text that has this in it, or a list that has this item. */
  readonly contains?: ScalarInput;
  /** Whether there is a value. */
  readonly exists?: boolean;
}

/** What rows tell of properties of which the names alone are known; a holon may lack each. */
export type SelectedByName<Name extends string> = { readonly [Property in Name]?: PropertyValue };

/** One holon found. */
export interface Row<Properties extends object = Readonly<Record<string, PropertyValue>>> {
  /** The holon. */
  readonly holon: Holon;
  /** The selected properties that it has. */
  readonly properties: Properties;
}

/** A step of how a query is worked out. */
export interface PlanStep {
  /** What is done, in a sentence for a person. */
  readonly text: string;
  /** The part of the query that it is for, say `steps[1].follow`. */
  readonly place: string;
  /** What it reads by: `keys`, `types`, `links`, `holons` (by their ids, which rise with creation); absent where nothing is read. */
  readonly index?: string;
  /** How many holons, links and entries of an index it reads at most. */
  readonly mostRows: number;
  /** How many it read, where it was run. */
  readonly rowsRead?: number;
}

/** A query that was put together by methods. What takes a query takes either form. */
export abstract class BuiltQuery<Properties extends object> {
  /** Says what rows tell; a type without a value. */
  declare protected readonly properties?: Properties;
  readonly #query: Query;

  /** @param query the same as an object */
  protected constructor(query: Query) {
    this.#query = query;
  }

  /** @internal */
  static objectOf(query: Query | BuiltQuery<object>): Query {
    return query instanceof BuiltQuery ? query.#query : query;
  }

  /**
   * The query as a plain object of JSON throughout, which `query.of` reads: moments as text, bytes in base64, numbers that JSON
   * has. Values get the kind of the property again when the query is asked.
   *
   * @throws TypeError that says where, for handles, which are good in one transaction only, for numbers that JSON does not
   * have, and for what is no query
   */
  toJSON(): Query {
    queryToWire(this.#query, Place.root());
    return storable(this.#query, '') as Query;
  }
}
