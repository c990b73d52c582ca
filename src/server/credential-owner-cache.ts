import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { UNAUTHENTICATED } from './concurrency-limiter.js';

const MAX_ENTRIES = 10_000;
/** Digests of one owner: a caller that varies a header that is not looked at displaces its own digests only. */
const MAX_DIGESTS = 10;
const HEADERS = ['authorization', 'x-api-key', 'x-api-secret'] as const;

/** SHA-256 of the credentials that a request presents, so that no secret is kept; `null`: it presents none. */
export function credentialDigest(headers: IncomingHttpHeaders): string | null {
  const presented = HEADERS.map((name) => headers[name]);
  return presented.some((text) => text !== undefined)
    ? hash('sha256', JSON.stringify(presented), 'base64')
    : null;
}

/**
 * The owner that each credential digest last authenticated as, so that a request counts for its owner before it is
 * read. A forged secret has another digest and never authenticates: it cannot use up the share of the key's owner.
 */
@Injectable()
export class CredentialOwnerCache {
  private readonly owners = new LRUCache<string, string>({ max: MAX_ENTRIES });
  /** The digests of each owner, oldest first. */
  private readonly digests = new LRUCache<string, string[]>({ max: MAX_ENTRIES });

  ownerOf(digest: string | null): string {
    return (digest === null ? undefined : this.owners.get(digest)) ?? UNAUTHENTICATED;
  }

  set(digest: string | null, owner: string): void {
    if (digest === null || this.owners.peek(digest) === owner) return;
    const known = [...(this.digests.get(owner) ?? []), digest];
    if (known.length > MAX_DIGESTS) this.owners.delete(known.shift() as string);
    this.digests.set(owner, known);
    this.owners.set(digest, owner);
  }
}
