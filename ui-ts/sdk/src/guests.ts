import type { GuestDependent as WireDependent, GuestModule as WireModule } from './gen/map/v1/map_admin_pb.js';
import { MapTransportError } from './errors.js';
import { type HolonId, holonIdFromWire } from './ids.js';
import type { Connection } from './internal/connection.js';
import type { CallOptions } from './options.js';
import { Timestamp } from './values.js';

/** What a guest may do: keys of holon types, which stand for those that extend them, too; `*` for all. */
export interface GuestCapabilities {
  /** The types of which it reads holons. */
  readonly read: readonly string[];
  /** The types of which it makes and changes holons. */
  readonly write: readonly string[];
  /** The types of which it deletes holons. */
  readonly delete: readonly string[];
}

/** An installed module of dances or validators. */
export interface GuestModule {
  /** The hash of its bytes, 64 lower-case hexadecimal digits: what `ModuleRef` of an implementation names it by. */
  readonly sha256: string;
  /** Its name, for a person. */
  readonly name: string;
  /** Its version, for a person; may be empty. */
  readonly version: string;
  /** What it does, for a person; may be empty. */
  readonly description: string;
  /** The interface that it was built for, as `map:guest/1`. */
  readonly abi: string;
  /** What it may do. */
  readonly capabilities: GuestCapabilities;
  /** Fuel of a call: about a unit for each instruction. */
  readonly fuel: bigint;
  /** Memory of a call, in bytes. */
  readonly memoryBytes: number;
  /** The functions that a dance or a validator can name. */
  readonly entrypoints: readonly string[];
  /** Its size. */
  readonly bytes: number;
  /** When it was installed. */
  readonly installedAt: Date;
  /** Why it cannot run, and what to do; absent when it can. */
  readonly problem?: string;
}

/** What an installation did. */
export interface GuestInstallation {
  /** The module. */
  readonly module: GuestModule;
  /** Whether it was installed before, so that nothing was changed. */
  readonly wasInstalled: boolean;
}

/** A saved holon that names a module as its code. */
export interface GuestDependent {
  /** The name of its space. */
  readonly space: string;
  /** Its id. */
  readonly holonId: HolonId;
  /** Its key. */
  readonly key: string;
  /** The type name of its type, say `DanceImplementation`. */
  readonly typeName: string;
}

/** A module with what depends on it. */
export interface GuestInspection {
  /** The module. */
  readonly module: GuestModule;
  /** The functions of the interface that it calls. */
  readonly imports: readonly string[];
  /** Saved holons that name it. Open transactions are not looked at. */
  readonly dependents: readonly GuestDependent[];
  /** Names of spaces that could not be looked at. */
  readonly unreadSpaces: readonly string[];
}

/** Options of a removal. */
export interface RemoveGuestOptions extends CallOptions {
  /** Remove it although something depends on it. */
  readonly force?: boolean | undefined;
}

/** The modules of guests, which carry out dances and validate holons. Needs the scope `admin`. */
export class Guests {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @internal */
  static of(connection: Connection): Guests {
    return new Guests(connection);
  }

  /**
   * Has the daemon check a module and keep it. The same bytes again are no error.
   *
   * @param module WebAssembly in the binary format
   * @throws DanceError of code `MODULE_REFUSED`, `MODULE_TOO_COSTLY` or `MANIFEST_INVALID`, CapacityError
   */
  async install(module: Uint8Array, options?: CallOptions): Promise<GuestInstallation> {
    const request = { module };
    const { guest, wasInstalled } = await this.#connection.call((rpc) => this.#connection.admin.installGuest(request, rpc), options);
    return { module: moduleFromWire(guest), wasInstalled };
  }

  /** The installed modules by name. */
  async list(options?: CallOptions): Promise<GuestModule[]> {
    const { guests } = await this.#connection.call((rpc) => this.#connection.admin.listGuests({}, rpc), options);
    return guests.map(moduleFromWire);
  }

  /**
   * A module, and what depends on it.
   *
   * @param sha256 its hash
   * @throws DanceError of code `MODULE_NOT_FOUND`
   */
  async inspect(sha256: string, options?: CallOptions): Promise<GuestInspection> {
    const answer = await this.#connection.call((rpc) => this.#connection.admin.inspectGuest({ sha256 }, rpc), options);
    return {
      module: moduleFromWire(answer.guest),
      imports: answer.imports,
      dependents: answer.dependents.map(dependentFromWire),
      unreadSpaces: answer.unreadSpaces,
    };
  }

  /**
   * Removes a module. Calls that run go on to their end.
   *
   * @param sha256 its hash
   * @returns what named it, and cannot run any more
   * @throws DanceError of code `MODULE_NOT_FOUND`, or `MODULE_IN_USE` unless forced
   */
  async remove(sha256: string, options: RemoveGuestOptions = {}): Promise<GuestDependent[]> {
    const request = { sha256, force: options.force ?? false };
    const { dependents } = await this.#connection.call((rpc) => this.#connection.admin.removeGuest(request, rpc), options);
    return dependents.map(dependentFromWire);
  }
}

function moduleFromWire(wire: WireModule | undefined): GuestModule {
  if (wire === undefined) throw new MapTransportError('UNEXPECTED_ANSWER', 'The daemon answered without the module; SDK and daemon do not fit.');
  const { read = [], write = [], delete: deleted = [] } = wire.capabilities ?? {};
  return {
    sha256: wire.sha256,
    name: wire.name,
    version: wire.version,
    description: wire.description,
    abi: wire.abi,
    capabilities: { read, write, delete: deleted },
    fuel: wire.limits?.fuel ?? 0n,
    memoryBytes: Number(wire.limits?.memoryBytes ?? 0n),
    entrypoints: wire.entrypoints,
    bytes: Number(wire.bytes),
    installedAt: new Timestamp(wire.installedAt?.unixMicros ?? 0n),
    ...(wire.problem === '' ? {} : { problem: wire.problem }),
  };
}

function dependentFromWire({ space, holonId, key, typeName }: WireDependent): GuestDependent {
  if (holonId === undefined) throw new MapTransportError('UNEXPECTED_ANSWER', 'The daemon answered without a holon id; SDK and daemon do not fit.');
  return { space, holonId: holonIdFromWire(holonId), key, typeName };
}
