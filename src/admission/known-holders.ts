import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { UNPROVEN } from './admission.js';

const MAX_KNOWN = 10_000;
const HEADERS = ['authorization', 'x-api-key', 'x-api-secret'] as const;

/** What credentials a request presents, as a digest: the secrets themselves are not kept. `null`: none. */
export function presentedIn(headers: IncomingHttpHeaders): string | null {
  const presented = HEADERS.map((name) => headers[name]);
  return presented.some((text) => text !== undefined)
    ? hash('sha256', JSON.stringify(presented), 'base64')
    : null;
}

/**
 * Whose credentials were found good the last time they were presented, so that a request can be held against its
 * owner's share before anything of it is read. A forged secret makes another digest, and is never found good: it
 * cannot be counted against the owner of the key.
 */
export class KnownHolders {
  private readonly holders = new LRUCache<string, string>({ max: MAX_KNOWN });

  holderOf(presented: string | null): string {
    return (presented === null ? undefined : this.holders.get(presented)) ?? UNPROVEN;
  }

  learn(presented: string | null, holder: string): void {
    if (presented !== null && this.holders.peek(presented) !== holder) this.holders.set(presented, holder);
  }
}
