// A server that answers as a test tells it: for the mechanics of the client only. What the daemon does is tested in e2e/.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { MapAdmin } from '../src/gen/map/v1/map_admin_pb.js';
import { MapCommands, type MapRequest, type MapResponseSchema } from '../src/gen/map/v1/map_commands_pb.js';
import {
  MapSpaces, type ExportRequest, type ExportResponseSchema, type PutContentRequest, type WatchTransactionResponseSchema,
} from '../src/gen/map/v1/map_spaces_pb.js';

export type Answer = MessageInitShape<typeof MapResponseSchema>;
export type ExportPart = MessageInitShape<typeof ExportResponseSchema>;
export type News = MessageInitShape<typeof WatchTransactionResponseSchema>;

export const SPACE_ID = bytes(1);
export const TRANSACTION_ID = { spaceId: SPACE_ID, localId: bytes(2) };

/** 16 bytes that are all alike. */
export function bytes(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(16).fill(value);
}

/** A reference to a staged holon. */
export function staged(value: number) {
  return { transactionId: TRANSACTION_ID, kind: { case: 'staged' as const, value: { localId: bytes(value) } } };
}

export class FakeDaemon implements AsyncDisposable {
  /** Answers each command. */
  answer: (request: MapRequest, context: HandlerContext) => Answer | Promise<Answer> = () => ({ success: true });
  /** Answers each watch of a transaction. */
  news: (context: HandlerContext) => AsyncIterable<News> = () => Readable.from([]);
  /** Answers each export. */
  file: (request: ExportRequest, context: HandlerContext) => AsyncIterable<ExportPart> = () => Readable.from([]);
  /** Answers calls of the admin service. */
  admin: Partial<ServiceImpl<typeof MapAdmin>> = {};
  /** Called for each ListSpaces. */
  onList: (context: HandlerContext) => void = () => undefined;
  readonly requests: MapRequest[] = [];
  /** The request ids received, in the order of the requests. */
  readonly requestIds: (string | null)[] = [];
  readonly uploads: PutContentRequest[] = [];
  readonly directory: string;
  readonly socket: string;
  #address = '';
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #servers = [0, 1].map(() => createServer(connectNodeAdapter({ routes: (router) => { this.#route(router); } })));

  private constructor(directory: string) {
    this.directory = directory;
    this.socket = join(directory, 's');
  }

  static async start(): Promise<FakeDaemon> {
    const daemon = new FakeDaemon(await mkdtemp(join(tmpdir(), 'map-')));
    const [local, tcp] = daemon.#servers;
    for (const server of daemon.#servers) {
      server.on('session', (session) => {
        daemon.#sessions.add(session);
        session.on('close', () => daemon.#sessions.delete(session));
      });
    }
    await new Promise<void>((resolve) => local?.listen(daemon.socket, resolve));
    await new Promise<void>((resolve) => tcp?.listen(0, '127.0.0.1', resolve));
    daemon.#address = `http://127.0.0.1:${(tcp?.address() as AddressInfo).port}`;
    return daemon;
  }

  get address(): string {
    return this.#address;
  }

  /** The commands received, by name. */
  get commands(): string[] {
    return this.requests.map(({ command }) => command?.intent.value?.command.case ?? '');
  }

  /** Breaks the connections that there are, as a crash does; later ones are taken. */
  breakConnections(): void {
    for (const session of this.#sessions) session.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) server.close();
    await rm(this.directory, { recursive: true });
  }

  #route(router: ConnectRouter): void {
    const space = { spaceId: SPACE_ID, name: 'demo', createdAt: { unixMicros: 1_500_000n } };
    router.service(MapCommands, {
      execute: (request, context) => {
        this.requests.push(request);
        this.requestIds.push(context.requestHeader.get('map-request-id'));
        return this.answer(request, context);
      },
    });
    router.service(MapAdmin, {
      installGuest: (request, context) => this.admin.installGuest?.(request, context) ?? {},
      removeGuest: (request, context) => this.admin.removeGuest?.(request, context) ?? {},
    });
    router.service(MapSpaces, {
      listSpaces: (_, context) => {
        this.onList(context);
        return { spaces: [space] };
      },
      beginTransaction: () => ({ transactionId: TRANSACTION_ID, snapshot: 7n, spaceId: SPACE_ID }),
      watchTransaction: (_, context) => this.news(context),
      export: (request, context) => this.file(request, context),
      putContent: async (messages) => {
        for await (const message of messages) this.uploads.push(message);
        return { contentIds: this.uploads.filter(({ fileName }) => fileName !== '').map((_, index) => bytes(index + 1)) };
      },
    });
  }
}
