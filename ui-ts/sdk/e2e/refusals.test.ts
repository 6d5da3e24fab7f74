import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { createClient, type Client } from '@connectrpc/connect';
import type { Http2SessionManager } from '@connectrpc/connect-node';
import { MapClient, TransactionError, type Space } from '@map/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../src/gen/map/v1/errors_pb.js';
import { MapCommands, type MapRequest, type MapRequestSchema } from '../src/gen/map/v1/map_commands_pb.js';
import { ListSpacesRequestSchema } from '../src/gen/map/v1/map_spaces_pb.js';
import { idToWire, HolonId } from '../src/ids.js';
import { Daemon, failure, spaceWithNotes, stageNote } from './daemon.js';
import { rawTransport } from './json-clients.js';

let daemon: Daemon;
let client: MapClient;
let space: Space;
let raw: Client<typeof MapCommands>;
let session: Http2SessionManager;
beforeAll(async () => {
  daemon = await Daemon.start();
  client = await daemon.connect('socket');
  space = await spaceWithNotes(client, 'refusals');
  const { socket } = daemon.discovery;
  const made = rawTransport('http://localhost', socket);
  session = made.session;
  raw = createClient(MapCommands, made.transport);
});
afterAll(async () => {
  session.abort();
  client.close();
  await daemon[Symbol.asyncDispose]();
});

describe('a transaction that is not open', () => {
  it.each([
    ['unknown', () => ({ ...idToWire(HolonId.parse(`${space.id}/01890000-0000-7000-8000-000000000001`)) })],
    ['of an unknown space', () => ({ ...idToWire(HolonId.parse('01890000-0000-7000-8000-000000000001/01890000-0000-7000-8000-000000000002')) })],
  ])('because it is %s is refused', async (_, transactionId) => {
    const command = { intent: { case: 'query' as const, value: { command: { case: 'stagedCount' as const, value: {} } } } };
    const response = await raw.execute({ transactionId: transactionId(), command });
    expect(response.success).toBe(false);
    expect([ErrorCode.TRANSACTION_NOT_FOUND, ErrorCode.SPACE_NOT_FOUND]).toContain(response.errors[0]?.code);
  });

  it.each([['commit', 'TRANSACTION_COMMITTED'], ['rollback', 'TRANSACTION_ROLLED_BACK']] as const)(
    'because of its %s refuses queries, changes, history and both ends', async (end, code) => {
      const tx = await space.begin();
      const note = await stageNote(tx, `ended by ${end}`);
      await tx[end]();
      const calls = [
        () => tx.stagedCount(), () => tx.getByKey('Note.HolonType'), () => note.get('Title'), () => note.set('Title', 'x'),
        () => tx.newHolon(), () => tx.undo(), () => tx.redo(), () => tx.commit(), () => tx.rollback(),
      ];
      for (const call of calls) {
        const error = await failure(call());
        expect(error).toBeInstanceOf(TransactionError);
        expect(error).toMatchObject({ code });
      }
    });
});

describe('a reference of another transaction', () => {
  it('is refused wherever it stands, and changes nothing', async () => {
    await using one = await space.begin();
    await using two = await space.begin();
    const foreign = await stageNote(one, 'foreign');
    const scratch = await one.newHolon();
    const saved = await one.getByKey('Note.HolonType');
    const own = await stageNote(two, 'own');
    const calls = [
      () => two.stageNewVersion(saved), () => two.deleteHolon(foreign), () => two.stageNewHolon(scratch),
      () => two.stageNewHolon({ type: saved }), () => two.getAll({ type: saved }).page(), () => own.add('Cites', own, foreign),
      () => own.withDescriptor(saved), () => two.stageNewHolon({ relationships: { Cites: [foreign] } }),
    ];
    for (const call of calls) expect(await failure(call())).toMatchObject({ code: 'CROSS_TRANSACTION_REFERENCE' });
    expect(await two.stagedCount()).toBe(1);
    expect(await own.related('Cites').toArray()).toEqual([]);
    await two.undo();
    expect(await failure(two.undo())).toMatchObject({ code: 'NOTHING_TO_UNDO' });
  });
});

describe('a request that lacks what it needs', () => {
  type Request = Exclude<MessageInitShape<typeof MapRequestSchema>, MapRequest>;

  it.each<[string, Request]>([
    ['a command', {}],
    ['an intent', { command: {} }],
    ['a query', { command: { intent: { case: 'query', value: {} } } }],
    ['a reference', { command: { intent: { case: 'query', value: { command: { case: 'key', value: {} } } } } }],
    ['a kind of value', { command: { intent: { case: 'mutation', value: { command: {
      case: 'newHolon', value: { content: { properties: [{ name: 'Title', value: {} }] } } } } } } }],
  ])('(%s) is answered with INVALID_REQUEST', async (_, request) => {
    await using tx = await space.begin();
    const response = await raw.execute({ transactionId: idToWire(HolonId.parse(tx.id)), ...request });
    expect(response.success).toBe(false);
    expect(response.errors[0]?.code).toBe(ErrorCode.INVALID_REQUEST);
    expect(response.errors[0]?.message).not.toBe('');
  });
});

/** What came back for a request that no client library would make. */
interface RawAnswer {
  readonly httpStatus: number;
  readonly grpcStatus: number | undefined;
}

const frame = (message: Uint8Array, length = message.length): Buffer => {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, message]);
};

async function post(headers: Record<string, string>, body: Buffer): Promise<RawAnswer> {
  const http2: ClientHttp2Session = connect(daemon.discovery.tcp);
  try {
    const stream = http2.request({
      ':method': 'POST', ':path': '/map.v1.MapSpaces/ListSpaces', 'content-type': 'application/grpc', te: 'trailers', ...headers,
    });
    let trailers: IncomingHttpHeaders = {};
    stream.on('trailers', (received: IncomingHttpHeaders) => { trailers = received; });
    stream.end(body);
    const [head] = await once(stream, 'response') as [IncomingHttpHeaders & { ':status'?: number }];
    stream.resume();
    await once(stream, 'close');
    const status = trailers['grpc-status'] ?? head['grpc-status'];
    return { httpStatus: head[':status'] ?? 0, grpcStatus: status === undefined ? undefined : Number(status) };
  } finally {
    http2.destroy();
  }
}

const LIST = frame(toBinary(ListSpacesRequestSchema, create(ListSpacesRequestSchema)));
const authorization = (): Record<string, string> => ({ authorization: `Bearer ${daemon.discovery.token}` });
const GRPC = { ok: 0, invalidArgument: 3, permissionDenied: 7, resourceExhausted: 8, internal: 13, unauthenticated: 16 };

describe('over TCP', () => {
  it('a request with the token is answered', async () => {
    expect(await post(authorization(), LIST)).toEqual({ httpStatus: 200, grpcStatus: GRPC.ok });
  });

  it.each([
    ['no token', () => ({})],
    ['an empty one', () => ({ authorization: 'Bearer ' })],
    ['a wrong one', () => ({ authorization: `Bearer ${'A'.repeat(daemon.discovery.token.length)}` })],
    ['one cut short', () => ({ authorization: `Bearer ${daemon.discovery.token.slice(0, -1)}` })],
    ['another scheme', () => ({ authorization: `Basic ${daemon.discovery.token}` })],
  ])('%s is not enough', async (_, headers) => {
    expect((await post(headers(), LIST)).grpcStatus).toBe(GRPC.unauthenticated);
  });

  it('the SDK says that its token is not good', async () => {
    expect(await failure(MapClient.connect({ address: daemon.discovery.tcp, token: 'wrong' }))).toMatchObject({ status: 'UNAUTHENTICATED' });
  });

  it.each<[string, Record<string, string>]>([
    ['a foreign Host', { ':authority': 'evil.example' }],
    ['a foreign Host with the right port', { ':authority': 'evil.example:PORT' }],
    ['a Host that only begins like ours', { ':authority': '127.0.0.1.evil.example:PORT' }],
    ['a foreign Origin', { origin: 'http://evil.example' }],
    ['the Origin null', { origin: 'null' }],
    ['the Origin of another local server', { origin: 'http://127.0.0.1:1' }],
    ['a page of another site', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused in spite of the token', async (_, headers) => {
    const { port } = new URL(daemon.discovery.tcp);
    const hostile = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]));
    const { httpStatus, grpcStatus } = await post({ ...authorization(), ...hostile }, LIST);
    const refused = httpStatus >= 400 || grpcStatus === GRPC.permissionDenied || grpcStatus === GRPC.unauthenticated;
    expect({ httpStatus, grpcStatus, refused }).toMatchObject({ refused: true });
  });

  it.each<[string, Buffer, number[]]>([
    ['bytes that are no message', frame(Buffer.from([0x0a, 0xff, 0xff])), [GRPC.invalidArgument, GRPC.internal]],
    ['a frame cut short', frame(Buffer.from([1, 2, 3]), 100), [GRPC.invalidArgument, GRPC.internal]],
    ['nothing at all', Buffer.alloc(0), [GRPC.invalidArgument, GRPC.internal, 12]],
    ['unknown flags', Buffer.from([0xff, 0, 0, 0, 0]), [GRPC.invalidArgument, GRPC.internal]],
    ['a length of 4 GiB', frame(Buffer.from([0]), 0xffff_ffff), [GRPC.resourceExhausted, GRPC.invalidArgument]],
  ])('%s is refused, and the daemon goes on', async (_, body, statuses) => {
    expect(statuses).toContain((await post(authorization(), body)).grpcStatus);
    expect((await post(authorization(), LIST)).grpcStatus).toBe(GRPC.ok);
  });
});
