import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContentId, ContentSource, UploadOptions, UploadProgress } from '../content.js';
import type { CallOptions } from '../options.js';
import type { Connection } from './connection.js';

/** Large enough to spend little on framing, far below any limit on messages. */
const CHUNK_BYTES = 256 * 1024;

/** A source of which the size is known, if it can be. */
interface OpenSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly chunks: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Uploads files in one stream.
 *
 * @returns an id for each file, in their order
 */
export async function upload(
  connection: Connection,
  sources: readonly ContentSource[],
  options: UploadOptions & CallOptions = {},
): Promise<ContentId[]> {
  // Opened before the stream starts: a file that is not there costs nothing then.
  const files = await Promise.all(sources.map(open));
  let failure: { readonly error: unknown } | undefined;
  const messages = async function* () {
    try {
      yield* chunkMessages(files, options.onProgress);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  try {
    const { contentIds } = await connection.call((rpc) => connection.spaces.putContent(messages(), rpc), options);
    return contentIds.map((id) => Buffer.from(id).toString('hex'));
  } catch (error) {
    // What failed here was reading the file, not the call that was to carry it.
    throw failure ? failure.error : error;
  }
}

/** The wire form of content ids. */
export function contentIdsToWire(ids: readonly ContentId[]): Uint8Array<ArrayBuffer>[] {
  return ids.map((id) => new Uint8Array(Buffer.from(id, 'hex')));
}

async function* chunkMessages(files: readonly OpenSource[], onProgress?: (progress: UploadProgress) => void) {
  const totalBytes = files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
  let sentBytes = 0;
  for (const [index, file] of files.entries()) {
    const report = () => onProgress?.({
      file: file.name,
      fileNumber: index + 1,
      fileCount: files.length,
      sentBytes,
      ...(totalBytes === undefined ? {} : { totalBytes }),
    });
    let fileName = file.name;
    for await (const chunk of file.chunks()) {
      yield { fileName, chunk: new Uint8Array(chunk) };
      fileName = '';
      sentBytes += chunk.length;
      report();
    }
    // The first chunk announces the file; one without content needs it, too.
    if (fileName !== '') {
      yield { fileName, chunk: new Uint8Array() };
      report();
    }
  }
}

async function open(source: ContentSource): Promise<OpenSource> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = source instanceof URL ? fileURLToPath(source) : source;
    const { size } = await stat(path);
    return { name: basename(path), size, chunks: () => createReadStream(path, { highWaterMark: CHUNK_BYTES }) };
  }
  const { name, content } = source;
  if (name === '') throw new TypeError('Content needs a name, which errors show.');
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    return { name, size: bytes.length, chunks: () => slices(bytes) };
  }
  return { name, size: undefined, chunks: () => resliced(content) };
}

function* slices(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}

async function* resliced(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of stream) yield* slices(bytes);
}
