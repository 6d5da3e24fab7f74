import type { PageOptions } from '../collection.js';

/** Which page, as the wire has it. */
export interface WirePageRequest {
  readonly size: number;
  readonly token: Uint8Array<ArrayBuffer>;
}

/** The wire form of what is asked for, with the collection's size of pages where nothing else is said. */
export function pageToWire({ size, token = '' }: PageOptions, pageSize: number): WirePageRequest {
  return { size: size ?? pageSize, token: new Uint8Array(Buffer.from(token, 'base64url')) };
}

/** The token of the next page, of a page that is not the last. */
export function nextToken(page: { readonly nextToken: Uint8Array }): { readonly nextToken?: string } {
  return page.nextToken.length === 0 ? {} : { nextToken: Buffer.from(page.nextToken).toString('base64url') };
}

/** All pages, each fetched when it is needed. */
export async function* throughPages<Page extends { readonly nextToken?: string }>(
  fetch: (options: PageOptions) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  let token: string | undefined;
  do {
    const page = await fetch({ token });
    yield page;
    token = page.nextToken;
  } while (token !== undefined);
}
