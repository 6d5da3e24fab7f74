import type { Holon } from './holon.js';
import { Place } from './internal/query-place.js';
import { queryToWire } from './internal/query.js';
import { BuiltQuery, type FollowOptions, type IdSeed, type KeySeed, type Query, type QueryCondition, type QueryOrder, type SelectedByName, type TypeSeed } from './query.js';
import type { PropertyValue } from './values.js';

/** What a program knows of a type: its properties, each as rows give it, and for each relationship the type that it leads to. */
export interface TypeNames {
  /** Properties by name, say `{ Title: string; PublicationYear: number }`. */
  readonly properties: object;
  /** Relationships by name, declared and inverse, say `{ AuthoredBy: 'Person' }`. */
  readonly relationships: object;
}

/** Types by their keys without `.HolonType`, for the compiler to check names by; see `query.over`. */
export type QuerySchema<S> = { readonly [Type in keyof S]: TypeNames };

/** Nothing is known, so any name will do; the daemon checks them. */
export interface AnySchema {
  /** Any type. */
  readonly [type: string]: {
    readonly properties: Readonly<Record<string, PropertyValue>>;
    readonly relationships: Readonly<Record<string, string>>;
  };
}

/** The types of a schema. */
export type TypeName<S> = keyof S & string;

/** What one of these types has as property. */
export type PropertyName<S extends QuerySchema<S>, T> = 'Key' | (T extends keyof S ? keyof S[T]['properties'] & string : never);

/** What one of these types has as relationship. */
export type RelationshipName<S extends QuerySchema<S>, T> = T extends keyof S ? keyof S[T]['relationships'] & string : never;

/** Where one link leads. */
export type Reached<S extends QuerySchema<S>, T, R> =
  T extends keyof S ? S[T]['relationships'][R & keyof S[T]['relationships']] & TypeName<S> : never;

/** Where any number of links leads, the beginning among it. */
export type Within<S extends QuerySchema<S>, T, R> =
  Reached<S, T, R> extends T ? T & TypeName<S> : Within<S, T | Reached<S, T, R>, R>;

/** What rows tell of the selected properties, each of which a holon may lack. */
export type Selected<S extends QuerySchema<S>, T, N extends string> = { readonly [Name in N]?: ValueOf<S, T, Name> };

/** A property as rows give it. */
export type ValueOf<S extends QuerySchema<S>, T, N> =
  T extends keyof S ? N extends keyof S[T]['properties'] ? S[T]['properties'][N] : N extends 'Key' ? string : never : never;

/**
 * A query put together step by step. Each method returns a new one and leaves this one as it is, so that a query can be
 * continued in several ways. `orderBy`, `limit` and `select` are about the holons found at the end; said again, the last holds.
 */
export class QueryBuilder<S extends QuerySchema<S>, T extends TypeName<S>, Properties extends object> extends BuiltQuery<Properties> {
  private constructor(query: Query) {
    super(query);
  }

  /** @internal */
  static of<S extends QuerySchema<S>, T extends TypeName<S>, Properties extends object>(query: Query): QueryBuilder<S, T, Properties> {
    return new QueryBuilder(query);
  }

  /** Keeps the holons of which this is true, for example `{ PublicationYear: { atLeast: 1850 }, Form: 'Novel' }`. */
  where(condition: QueryCondition<PropertyName<S, T>>): QueryBuilder<S, T, Properties> {
    return this.#with({ steps: [...this.#steps, { where: condition as QueryCondition }] });
  }

  /** Goes on to the members of relationships, by declared or inverse names. */
  follow<R extends RelationshipName<S, T>>(relationships: R | readonly R[]): QueryBuilder<S, Reached<S, T, R>, Properties>;
  /** Goes on to what is reached over several links, for example `{ depth: [1, 3] }`; also by names that only types on the way know. */
  follow<R extends RelationshipName<S, TypeName<S>>>(
    relationships: R | readonly R[], options: FollowOptions,
  ): QueryBuilder<S, Within<S, T, R>, Properties>;
  follow(relationships: string | readonly string[], options: FollowOptions = {}): unknown {
    return this.#with({ steps: [...this.#steps, { follow: relationships, ...options }] });
  }

  /** Each holon once. Else a holon stands as often as there are ways to it. */
  distinct(): QueryBuilder<S, T, Properties> {
    return this.#with({ distinct: true });
  }

  /** By the first of these, then the next, and last in order of creation. */
  orderBy(...properties: readonly QueryOrder<PropertyName<S, T>>[]): QueryBuilder<S, T, Properties> {
    return this.#with({ orderBy: properties });
  }

  /** How many rows at most, over all pages. */
  limit(rows: number): QueryBuilder<S, T, Properties> {
    return this.#with({ limit: rows });
  }

  /** The properties that rows tell beside the holon. */
  select<N extends PropertyName<S, T>>(...properties: readonly N[]): QueryBuilder<S, T, Selected<S, T, N>> {
    return this.#with({ select: properties });
  }

  get #steps() {
    return BuiltQuery.objectOf(this).steps ?? [];
  }

  #with<To extends TypeName<S>, P extends object>(change: Partial<Query>): QueryBuilder<S, To, P> {
    return new QueryBuilder({ ...BuiltQuery.objectOf(this), ...change });
  }
}

/** Where a query over the types of a schema begins. */
export interface QueryStart<S extends QuerySchema<S>> {
  /**
   * Begins with these, one after the other: `from('Book')` with all holons of a type, `from({ key: 'Emma' })` or `from(holon)` with
   * one holon, `from({})` with all.
   */
  from<T extends TypeName<S> = TypeName<S>>(
    ...seeds: readonly (T | Holon | TypeSeed<T> | KeySeed<T> | IdSeed)[]
  ): QueryBuilder<S, T, object>;
}

/** Puts queries together: `query.from('Book').where({ Form: 'Novel' }).follow('AuthoredBy').distinct().select('Name')`. */
export const query: QueryStart<AnySchema> & {
  /**
   * Continues a query that is there already, say one that was stored.
   *
   * @throws TypeError that begins with the place of the mistake, for what is no query
   */
  of<N extends string = never, Properties extends object = SelectedByName<N>>(
    object: Query<N> | BuiltQuery<Properties>,
  ): QueryBuilder<AnySchema, string, Properties>;
  /** The same with names that the compiler checks: `query.over<Library>().from('Book')`. What runs is the same. */
  over<S extends QuerySchema<S>>(): QueryStart<S>;
} = {
  from: (...seeds) => QueryBuilder.of({ from: seeds.length === 1 && seeds[0] !== undefined ? seeds[0] : seeds }),
  of: (given) => {
    const object = BuiltQuery.objectOf(given);
    queryToWire(object, Place.root());
    return QueryBuilder.of(object);
  },
  over: <S extends QuerySchema<S>>() => query as QueryStart<never> as QueryStart<S>,
};
