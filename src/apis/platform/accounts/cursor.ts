import type { PagePosition } from '../../../accounts/account-search.service.js';

/** An opaque cursor for the place right after, or right before, an account. */
export function toCursor({ side, id }: PagePosition): string {
  return Buffer.from(`${side}:${id}`).toString('base64url');
}

export function parseCursor(cursor: string): PagePosition | null {
  const match = /^(after|before):(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  return match === null ? null : { side: match[1] as PagePosition['side'], id: match[2] ?? '' };
}
