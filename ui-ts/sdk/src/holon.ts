import { equals } from '@bufbuild/protobuf';
import { entriesFromWire, HolonCollection, type CollectionOptions, type HolonEntry } from './collection.js';
import { LookupError } from './errors.js';
import { HolonPhase as WirePhase, HolonReferenceSchema, type EssentialContent, type HolonReference } from './gen/map/v1/holons_pb.js';
import { holonIdFromWire, uuidFromBytes, type HolonId } from './ids.js';
import { contentToWire } from './internal/new-holon.js';
import type { WirePageRequest } from './internal/paging.js';
import { propertiesFromWire, propertiesToWire, valueFromWire } from './internal/values.js';
import { take, type Reply, type TransactionScope } from './internal/scope.js';
import type { CallOptions, MutationOptions } from './options.js';
import type { PropertyInput, PropertyValue } from './values.js';

/** Where a holon is in its life. */
export type HolonPhase =
  | 'TRANSIENT' | 'STAGED_FOR_CREATE' | 'STAGED_FOR_UPDATE' | 'STAGED_FOR_DELETE' | 'ABANDONED' | 'SAVED';

/** Everything about one holon but its relationships. */
export interface HolonContent {
  /** Where it is in its life. */
  readonly phase: HolonPhase;
  /** Its identity; absent for a transient holon. */
  readonly id?: HolonId;
  /** 1 first; for a staged holon the version that it was staged from, 0 when staged for create. */
  readonly version: number;
  /** Its key; absent for a keyless holon. */
  readonly key?: string;
  /** Its type descriptor; absent while it has none. */
  readonly type?: Holon;
  /** Its properties by name. */
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

/** What a new holon starts with; every part is optional. */
export interface NewHolonContent {
  /** Its type descriptor, which every saved holon needs. */
  readonly type?: Holon;
  /** Its key: shorthand for the property `Key`. */
  readonly key?: string;
  /** Properties by name. */
  readonly properties?: Readonly<Record<string, PropertyInput>>;
  /** Members of relationships by their declared names. */
  readonly relationships?: Readonly<Record<string, Holon | readonly Holon[]>>;
}

/** One relationship of a holon. */
export interface RelationshipSummary {
  /** Its name, as the holon has it. */
  readonly name: string;
  /** Whether the holon is its target: other holons, or the system, keep the links. */
  readonly inverse: boolean;
  /** How many members it has; one that stands more than once counts as often. */
  readonly count: number;
  /** The first members, as many as were asked for. */
  readonly members: readonly HolonEntry[];
}

/** Where to add members of an ordered relationship. */
export type Position = 'first' | 'last' | { readonly before: Holon } | { readonly after: Holon };

/**
 * A holon in a transaction: a reference and nothing else. Every read asks the daemon, every change is one command.
 * It is good in the transaction that it came from, and refused in any other.
 */
export class Holon {
  readonly #scope: TransactionScope;
  readonly #reference: HolonReference;

  private constructor(scope: TransactionScope, reference: HolonReference) {
    this.#scope = scope;
    this.#reference = reference;
  }

  /** @internal */
  static of(scope: TransactionScope, reference: HolonReference): Holon {
    return new Holon(scope, reference);
  }

  /** @internal */
  static referenceOf(holon: Holon): HolonReference {
    return holon.#reference;
  }

  /** The same holon with these options for each of its calls, and for those of the handles that it returns. */
  with(options: CallOptions): Holon {
    return new Holon(this.#scope.with(options), this.#reference);
  }

  /** Whether both handles name the same holon in the same transaction. Asks nobody. */
  equals(other: Holon): boolean {
    return equals(HolonReferenceSchema, this.#reference, other.#reference);
  }

  /** A property's value, absent when the holon has none. */
  async get(name: string, options?: CallOptions): Promise<PropertyValue | undefined> {
    try {
      const reply = await this.#scope.query({ case: 'propertyValue', value: { holon: this.#reference, name } }, options);
      return valueFromWire(take(reply, 'value'));
    } catch (error) {
      if (error instanceof LookupError && error.code === 'PROPERTY_NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** The key, absent for a keyless holon. */
  async key(options?: CallOptions): Promise<string | undefined> {
    return take(await this.#scope.query({ case: 'key', value: { holon: this.#reference } }, options), 'key').key;
  }

  /** The key with the version, `key__version`, absent for a keyless holon. The version is that of `content`. */
  async versionedKey(options?: CallOptions): Promise<string | undefined> {
    return take(await this.#scope.query({ case: 'versionedKey', value: { holon: this.#reference } }, options), 'key').key;
  }

  /**
   * The saved versions, newest first, each as it was; also of a deleted holon.
   *
   * @throws LookupError of code `WRONG_REFERENCE_KIND` for a transient holon, which is never saved
   */
  history(options: CollectionOptions & CallOptions = {}): HolonCollection {
    const fetch = async (page: WirePageRequest) =>
      take(await this.#scope.query({ case: 'history', value: { holon: this.#reference, page } }, options), 'page');
    return HolonCollection.of(this.#scope, fetch, options);
  }

  /** The version before this one, of a staged holon the saved version, of a first one where it came from. Absent if none. */
  async predecessor(options?: CallOptions): Promise<Holon | undefined> {
    const reply = await this.#scope.query({ case: 'predecessor', value: { holon: this.#reference } }, options);
    return this.#referenceIfAny(reply);
  }

  /**
   * The identity, which a staged holon keeps when it is saved.
   *
   * @throws LookupError of code `WRONG_REFERENCE_KIND` for a transient holon, which has none
   */
  async id(options?: CallOptions): Promise<HolonId> {
    const reply = await this.#scope.query({ case: 'holonId', value: { holon: this.#reference } }, options);
    return holonIdFromWire(take(reply, 'holonId'));
  }

  /** Everything about the holon but its relationships, in one query. */
  async content(options?: CallOptions): Promise<HolonContent> {
    const reply = await this.#scope.query({ case: 'essentialContent', value: { holon: this.#reference } }, options);
    return this.#contentFromWire(take(reply, 'essentialContent'));
  }

  /** The members of a relationship, by its declared or its inverse name. */
  related(name: string, options: CollectionOptions & CallOptions = {}): HolonCollection {
    const fetch = async (page: WirePageRequest) =>
      take(await this.#scope.query({ case: 'relatedHolons', value: { holon: this.#reference, name, page } }, options), 'page');
    return HolonCollection.of(this.#scope, fetch, options);
  }

  /**
   * The relationships that have members, by name and in both directions: each with its count and first members.
   *
   * @param membersEach how many members of each to tell, 100 at most
   * @throws CapacityError of code `TOO_LARGE`, with the limit, when that is too many
   */
  async allRelated(membersEach = 0, options?: CallOptions): Promise<RelationshipSummary[]> {
    const reply = await this.#scope.query({ case: 'allRelatedHolons', value: { holon: this.#reference, membersEach } }, options);
    return take(reply, 'relationships').relationships.map(({ name, inverse, count, members }) =>
      ({ name, inverse, count: Number(count), members: entriesFromWire(this.#scope, members) }));
  }

  /** The type descriptor, absent while it has none. */
  async descriptor(options?: CallOptions): Promise<Holon | undefined> {
    const reply = await this.#scope.query({ case: 'descriptor', value: { holon: this.#reference } }, options);
    return this.#referenceIfAny(reply);
  }

  /** The property types that its type declares, along `Extends`: what it may and must have. By name. */
  async availableProperties(options?: CallOptions): Promise<HolonEntry[]> {
    return this.#entries(await this.#scope.query({ case: 'availableProperties', value: { holon: this.#reference } }, options));
  }

  /** The relationship types that its type declares, along `Extends`. By name. */
  async availableRelationships(options?: CallOptions): Promise<HolonEntry[]> {
    return this.#entries(await this.#scope.query({ case: 'availableRelationships', value: { holon: this.#reference } }, options));
  }

  /** The dance types that its type affords, along `Extends`. By name. */
  async availableDances(options?: CallOptions): Promise<HolonEntry[]> {
    return this.#entries(await this.#scope.query({ case: 'availableDances', value: { holon: this.#reference } }, options));
  }

  /** The holon in a sentence for a person: key or id, type, where it is in its life, how much it holds. */
  async summarize(options?: CallOptions): Promise<string> {
    return take(await this.#scope.query({ case: 'summarize', value: { holon: this.#reference } }, options), 'text');
  }

  /**
   * Runs a dance that its type affords, by the dance's type name. What the dance changes is one undo step; one that changes
   * nothing is none, and one that fails leaves no trace.
   *
   * @param request what it is asked with, where it takes a request: a holon of the type that the dance says, or the content
   *   of one, which is made for it; the type may be left out
   * @returns the holon or the value that it answers, if any
   * @throws DanceError when it cannot be run or fails: `details.guestCode` is the code that a guest gave its error,
   *   `details.backtrace` where it was when it trapped
   */
  async dance(name: string, request?: Holon | NewHolonContent, options?: MutationOptions): Promise<Holon | PropertyValue | undefined> {
    const value = { dance: name, holon: this.#reference, ...(request ? { request: requestToWire(request) } : {}) };
    const { response } = take(await this.#scope.mutate({ case: 'executeDance', value }, options), 'dance');
    switch (response.case) {
      case 'holon':
        return this.#scope.holon(response.value);
      case 'value':
        return valueFromWire(response.value);
      default:
        return undefined;
    }
  }

  /** Sets one property. */
  set(name: string, value: PropertyInput, options?: MutationOptions): Promise<void>;
  /** Sets several properties at once, as one undo step. */
  set(properties: Readonly<Record<string, PropertyInput>>, options?: MutationOptions): Promise<void>;
  async set(
    what: string | Readonly<Record<string, PropertyInput>>,
    second?: PropertyInput | MutationOptions,
    third?: MutationOptions,
  ): Promise<void> {
    const [values, options] = typeof what === 'string'
      ? [{ [what]: second as PropertyInput }, third]
      : [what, second as MutationOptions | undefined];
    const properties = propertiesToWire(values);
    await this.#scope.mutate({ case: 'withPropertyValue', value: { holon: this.#reference, properties } }, options);
  }

  /** Removes one or several properties; `PROPERTY_NOT_FOUND` when one is not there. */
  async remove(names: string | readonly string[], options?: MutationOptions): Promise<void> {
    const list = typeof names === 'string' ? [names] : [...names];
    await this.#scope.mutate({ case: 'removePropertyValue', value: { holon: this.#reference, names: list } }, options);
  }

  /** Adds members to a declared relationship, after those that it has. Options: `holon.with(options).add(...)`. */
  async add(name: string, ...holons: readonly Holon[]): Promise<void> {
    const value = { holon: this.#reference, name, targets: holons.map((target) => Holon.referenceOf(target)) };
    await this.#scope.mutate({ case: 'addRelatedHolons', value });
  }

  /** Adds members at a place of an ordered relationship. */
  async addAt(name: string, position: Position, ...holons: readonly Holon[]): Promise<void> {
    const targets = holons.map((target) => Holon.referenceOf(target));
    const value = { holon: this.#reference, name, targets, position: { at: positionToWire(position) } };
    await this.#scope.mutate({ case: 'addRelatedHolons', value });
  }

  /** Removes members of a declared relationship; `MEMBER_NOT_FOUND` when one is not there. */
  async removeRelated(name: string, ...holons: readonly Holon[]): Promise<void> {
    const value = { holon: this.#reference, name, targets: holons.map((target) => Holon.referenceOf(target)) };
    await this.#scope.mutate({ case: 'removeRelatedHolons', value });
  }

  /** Removes one of equal members, 0 the first in order, of a relationship that allows duplicates. */
  async removeRelatedAt(name: string, occurrence: number, holon: Holon): Promise<void> {
    const value = { holon: this.#reference, name, targets: [Holon.referenceOf(holon)], occurrence };
    await this.#scope.mutate({ case: 'removeRelatedHolons', value });
  }

  /** Sets the type descriptor, which every saved holon needs. */
  async withDescriptor(type: Holon, options?: MutationOptions): Promise<void> {
    const value = { holon: this.#reference, descriptor: Holon.referenceOf(type) };
    await this.#scope.mutate({ case: 'withDescriptor', value }, options);
  }

  /** Stages this saved holon for update and returns the staged one, which can be changed. */
  async stageNewVersion(options?: MutationOptions): Promise<Holon> {
    const reply = await this.#scope.mutate({ case: 'stageNewVersion', value: { holon: this.#reference } }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** Makes a transient copy: properties, the key among them, type, and the members of declared relationships in view. */
  async clone(options?: MutationOptions): Promise<Holon> {
    const reply = await this.#scope.mutate({ case: 'cloneHolon', value: { holon: this.#reference } }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /** Stages a copy for create, as `clone` makes it, under another key; without a key when none is given. */
  async stageNewFromClone(key?: string, options?: MutationOptions): Promise<Holon> {
    const value = { holon: this.#reference, ...(key === undefined ? {} : { key }) };
    const reply = await this.#scope.mutate({ case: 'stageNewFromClone', value }, options);
    return this.#scope.holon(take(reply, 'reference'));
  }

  /**
   * Stages this saved holon for delete, or drops it if it is staged for create, with all that relationships which cascade
   * take along. Takes effect at commit.
   *
   * @returns how many holons go, this one among them
   */
  async delete(options?: MutationOptions): Promise<number> {
    return Number(take(await this.#scope.mutate({ case: 'deleteHolon', value: { holon: this.#reference } }, options), 'count'));
  }

  /**
   * Takes this staged holon out of what commit saves. One staged for create is gone from the view then; of one staged for
   * update or delete the saved holon is in view again, and may be staged anew.
   */
  async abandon(options?: MutationOptions): Promise<void> {
    await this.#scope.mutate({ case: 'abandon', value: { holon: this.#reference } }, options);
  }

  /** Records which holon this one, staged for create, came from; `undefined` for none. */
  async withPredecessor(origin: Holon | undefined, options?: MutationOptions): Promise<void> {
    const value = { holon: this.#reference, ...(origin ? { predecessor: Holon.referenceOf(origin) } : {}) };
    await this.#scope.mutate({ case: 'withPredecessor', value }, options);
  }

  /** For logs: kind and id of the reference. */
  toString(): string {
    const { kind } = this.#reference;
    switch (kind.case) {
      case 'transient':
        return `transient holon ${uuidFromBytes(kind.value.localId)}`;
      case 'staged':
        return `staged holon ${uuidFromBytes(kind.value.localId)}`;
      case 'smart':
        return `saved holon ${kind.value.holonId ? holonIdFromWire(kind.value.holonId).toString() : ''}`;
      default:
        return 'holon';
    }
  }

  #referenceIfAny(reply: Reply): Holon | undefined {
    return reply.result?.case === undefined ? undefined : this.#scope.holon(take(reply, 'reference'));
  }

  #entries(reply: Reply): HolonEntry[] {
    return entriesFromWire(this.#scope, take(reply, 'page').members);
  }

  #contentFromWire(content: EssentialContent): HolonContent {
    const { phase, holonId, version, key, descriptor, properties } = content;
    return {
      phase: WirePhase[phase] as HolonPhase,
      ...(holonId ? { id: holonIdFromWire(holonId) } : {}),
      version,
      ...(key === undefined ? {} : { key }),
      ...(descriptor ? { type: this.#scope.holon(descriptor) } : {}),
      properties: propertiesFromWire(properties),
    };
  }
}

function requestToWire(request: Holon | NewHolonContent) {
  return request instanceof Holon
    ? { case: 'requestHolon' as const, value: Holon.referenceOf(request) }
    : { case: 'requestContent' as const, value: contentToWire(request) };
}

function positionToWire(position: Position) {
  if (position === 'first') return { case: 'first' as const, value: {} };
  if (position === 'last') return { case: 'last' as const, value: {} };
  return 'before' in position
    ? { case: 'before' as const, value: Holon.referenceOf(position.before) }
    : { case: 'after' as const, value: Holon.referenceOf(position.after) };
}
