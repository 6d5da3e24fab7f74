/** Identity of a holon: the space that keeps it and its id there, the same for all of its versions. */
export class HolonId {
  /** The space, as a UUID. */
  readonly spaceId: string;
  /** The holon within the space, as a UUID. */
  readonly localId: string;

  /**
   * @param spaceId the space, as a UUID
   * @param localId the holon within the space, as a UUID
   * @throws TypeError when either is no UUID
   */
  constructor(spaceId: string, localId: string) {
    this.spaceId = normalUuid(spaceId);
    this.localId = normalUuid(localId);
  }

  /**
   * Reads the form that `toString` writes.
   *
   * @param text `spaceUuid/localUuid`
   * @throws TypeError when the text has another form
   */
  static parse(text: string): HolonId {
    const [spaceId, localId, ...rest] = text.split('/');
    if (spaceId === undefined || localId === undefined || rest.length > 0) {
      throw new TypeError(`"${text}" is no holon id: expected spaceUuid/localUuid.`);
    }
    return new HolonId(spaceId, localId);
  }

  /** Whether both name the same holon. */
  equals(other: HolonId): boolean {
    return this.spaceId === other.spaceId && this.localId === other.localId;
  }

  /** `spaceUuid/localUuid`, which `HolonId.parse` reads. */
  toString(): string {
    return `${this.spaceId}/${this.localId}`;
  }

  /** The same text in JSON. */
  toJSON(): string {
    return this.toString();
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function normalUuid(text: string): string {
  const lower = text.toLowerCase();
  if (!UUID.test(lower)) throw new TypeError(`"${text}" is no UUID.`);
  return lower;
}

/** The wire's two-part ids, of holons and of transactions alike. */
interface WireId {
  readonly spaceId: Uint8Array;
  readonly localId: Uint8Array;
}

/** @internal */
export function uuidFromBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @internal */
export function uuidToBytes(uuid: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(normalUuid(uuid).replaceAll('-', ''), 'hex'));
}

/** @internal */
export function holonIdFromWire(id: WireId): HolonId {
  return new HolonId(uuidFromBytes(id.spaceId), uuidFromBytes(id.localId));
}

/** @internal */
export function idToWire(id: HolonId): { spaceId: Uint8Array<ArrayBuffer>; localId: Uint8Array<ArrayBuffer> } {
  return { spaceId: uuidToBytes(id.spaceId), localId: uuidToBytes(id.localId) };
}
