// Clients that this project did not write, behind one face: a method and its request as proto3 JSON, in and out.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromJson, toJson, type DescMethodUnary, type JsonValue } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { MapCommands } from '../src/gen/map/v1/map_commands_pb.js';
import { MapSpaces } from '../src/gen/map/v1/map_spaces_pb.js';
import type { Discovery } from './daemon.js';

/** Proto3 JSON, as loose as it is. */
export type Json = any;

export interface JsonClient {
  /** Calls a unary method. */
  call(service: 'MapSpaces' | 'MapCommands', method: string, request: Json): Promise<Json>;
  close(): void;
}

const PROTO = fileURLToPath(new URL('../../../proto', import.meta.url));
const run = promisify(execFile);

/** Runs buf. */
export async function buf(...args: string[]): Promise<string> {
  const program = join(dirname(createRequire(import.meta.url).resolve('@bufbuild/buf/package.json')), 'bin', 'buf');
  return (await run(process.execPath, [program, ...args], { maxBuffer: 1 << 26 })).stdout;
}

/** `buf curl`, which learns the messages by reflection. */
export function bufCurl({ tcp, token }: Discovery): JsonClient {
  const fixed = ['curl', '--http2-prior-knowledge', '--protocol', 'grpc', '--reflect-header', '*', '-H', `authorization: Bearer ${token}`];
  return {
    call: async (service, method, request) =>
      JSON.parse(await buf(...fixed, '-d', JSON.stringify(request), `${tcp}/map.v1.${service}/${method}`)),
    close: () => undefined,
  };
}

/** `@grpc/grpc-js` with messages from the proto files. */
export function grpcJs(target: string, token?: string): JsonClient {
  const definition = protoLoader.loadSync(['map_commands', 'map_spaces'].map((name) => `map/v1/${name}.proto`), {
    includeDirs: [PROTO], longs: String, enums: String, bytes: String,
  });
  const { v1 } = (grpc.loadPackageDefinition(definition) as Json).map;
  const clients: Record<string, Json> = {};
  const metadata = new grpc.Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return {
    call: (service, method, request) => new Promise((resolve, reject) => {
      const client = (clients[service] ??= new v1[service](target, grpc.credentials.createInsecure()));
      client[method](request, metadata, (error: Error | null, reply: Json) => {
        if (error) reject(error);
        else resolve(reply);
      });
    }),
    close: () => { for (const client of Object.values(clients)) client.close(); },
  };
}

/** connect-node's gRPC transport with nothing of the SDK but the generated messages. */
export function connectNode(where: { tcp: string; token: string } | { socket: string }): JsonClient {
  const overSocket = 'socket' in where;
  const { transport, session } = rawTransport(overSocket ? 'http://localhost' : where.tcp, overSocket ? where.socket : undefined);
  const headers = overSocket ? {} : { authorization: `Bearer ${where.token}` };
  return {
    call: async (service, name, request) => {
      const methods = service === 'MapSpaces' ? MapSpaces.methods : MapCommands.methods;
      const method = methods.find((one) => one.name === name) as DescMethodUnary;
      const reply = await transport.unary(method, undefined, undefined, headers, fromJson(method.input, request as JsonValue));
      return toJson(method.output, reply.message);
    },
    close: () => { session.abort(); },
  };
}

/** A gRPC transport without interceptors. */
export function rawTransport(baseUrl: string, socket?: string): { transport: Transport; session: Http2SessionManager } {
  const session = new Http2SessionManager(baseUrl, {}, socket === undefined ? {} : { createConnection: () => createConnection(socket) });
  return { transport: createGrpcTransport({ baseUrl, sessionManager: session }), session };
}
