import fc from 'fast-check';
import { ConcurrencyLimiter, UNAUTHENTICATED } from '../../src/server/concurrency-limiter.js';
import { CredentialOwnerCache, credentialDigest } from '../../src/server/credential-owner-cache.js';
import { toRejection } from '../../src/server/rejections.js';

describe('The concurrency limiter', () => {
  it('accepts requests up to its limit, and one more after each release', () => {
    const limiter = new ConcurrencyLimiter(4);
    expect(['a', 'a', 'b', 'b'].map((owner) => limiter.acquire(owner))).toEqual([null, null, null, null]);
    expect(limiter.acquire('c')).toBe('bound');
    limiter.release('a');
    expect(limiter.acquire('c')).toBeNull();
    expect([limiter.inFlight, limiter.peak]).toEqual([4, 4]);
  });

  it('gives one credential half of the limit, and all unauthenticated requests half', () => {
    const limiter = new ConcurrencyLimiter(5);
    expect(['a', 'a', 'a', 'a'].map((owner) => limiter.acquire(owner)).at(-1)).toBe('credential_share');
    expect(limiter.acquire(UNAUTHENTICATED)).toBeNull();
    expect([UNAUTHENTICATED, 'b'].map((owner) => limiter.acquire(owner))).toEqual([null, 'bound']);
    limiter.release('a');
    expect([UNAUTHENTICATED, UNAUTHENTICATED].map((owner) => limiter.acquire(owner))).toEqual([
      null,
      'unproven_share',
    ]);
  });

  it('names the credential’s share as the reason, also when the limit is reached', () => {
    const limiter = new ConcurrencyLimiter(2);
    limiter.acquire('a');
    limiter.acquire('b');
    expect([limiter.acquire('a'), limiter.acquire('c')]).toEqual(['credential_share', 'bound']);
  });

  it('accepts a request of every owner when nothing is in flight', () => {
    expect(new ConcurrencyLimiter(1).acquire('a')).toBeNull();
  });

  it('counts a request for its owner once authenticated, unless the owner’s share is used up', () => {
    const limiter = new ConcurrencyLimiter(4);
    limiter.acquire(UNAUTHENTICATED);
    expect(limiter.transfer(UNAUTHENTICATED, 'a')).toBeNull();
    limiter.acquire('a');
    limiter.acquire(UNAUTHENTICATED);
    expect(limiter.transfer(UNAUTHENTICATED, 'a')).toBe('credential_share');
    expect(limiter.transfer('a', 'a')).toBeNull();
    limiter.release(UNAUTHENTICATED);
    expect(limiter.inFlight).toBe(2);
    limiter.release('a');
    expect(limiter.transfer(UNAUTHENTICATED, 'a')).toBeNull();
  });

  it('resolves when no request is in flight, at once when there is none', async () => {
    const limiter = new ConcurrencyLimiter(3);
    await limiter.idle();
    limiter.acquire('a');
    limiter.acquire('b');
    const told: string[] = [];
    const emptied = limiter.idle().then(() => told.push('empty'));
    limiter.release('a');
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    limiter.release('b');
    await emptied;
    expect(told).toEqual(['empty']);
  });

  it('predicts what acquire returns, and holds its limits under random acquires and releases', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(UNAUTHENTICATED, 'a', 'b', 'c'), fc.boolean()), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (bound, all) => {
        const limiter = new ConcurrencyLimiter(bound);
        const inside: string[] = [];
        for (const [owner, comes] of all) {
          if (comes) {
            const foreseen = limiter.rejectionReason(owner);
            expect(limiter.isBusy || foreseen === null).toBe(true);
            expect(limiter.acquire(owner)).toBe(foreseen);
            if (foreseen === null) inside.push(owner);
          } else if (inside.includes(owner)) {
            inside.splice(inside.indexOf(owner), 1);
            limiter.release(owner);
          }
          expect(limiter.inFlight).toBe(inside.length);
          expect(limiter.inFlight).toBeLessThanOrEqual(bound);
          const held = inside.filter((name) => name === owner).length;
          expect(held).toBeLessThanOrEqual(Math.ceil(bound / 2));
        }
      }),
    );
  });
});

describe('The credential-owner cache', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it('finds the owner only of credentials that have authenticated', () => {
    const known = new CredentialOwnerCache();
    const good = credentialDigest(basic('key:secret'));
    expect(known.ownerOf(good)).toBe(UNAUTHENTICATED);
    known.set(good, '1 credential:7');
    expect(known.ownerOf(credentialDigest(basic('key:secret')))).toBe('1 credential:7');
    expect(known.ownerOf(credentialDigest(basic('key:forged')))).toBe(UNAUTHENTICATED);
    expect(known.ownerOf(credentialDigest({ 'x-api-key': 'key' }))).toBe(UNAUTHENTICATED);
  });

  it('keeps the entries of every other owner while one owner varies its headers', () => {
    const known = new CredentialOwnerCache();
    const good = credentialDigest(basic('key:secret'));
    known.set(good, '1 credential:7');
    for (let count = 0; count < 20_000; count++)
      known.set(credentialDigest({ 'x-api-key': 'key', authorization: `junk ${count}` }), '2 credential:8');
    expect(known.ownerOf(good)).toBe('1 credential:7');
    const last = credentialDigest({ 'x-api-key': 'key', authorization: 'junk 19999' });
    expect(known.ownerOf(last)).toBe('2 credential:8');
  });

  it('distinguishes a key from a secret', () => {
    const [one, other] = [{ 'x-api-key': 'a' }, { 'x-api-secret': 'a' }].map(credentialDigest);
    expect(one).not.toBe(other);
  });

  it('stores nothing for requests without credentials', () => {
    const known = new CredentialOwnerCache();
    known.set(credentialDigest({ host: 'here' }), '1 credential:7');
    expect(known.ownerOf(credentialDigest({ host: 'there' }))).toBe(UNAUTHENTICATED);
  });
});

describe('Rejections', () => {
  it('name the credential only for its own share, and spread retries over three seconds', () => {
    expect(toRejection('credential_share').code).toBe('rate_limited');
    expect([toRejection('bound').code, toRejection('unproven_share').code]).toEqual([
      'service_unavailable',
      'service_unavailable',
    ]);
    const waits = Array.from({ length: 300 }, () => toRejection('bound').details.retryAfterSeconds ?? 0);
    expect([...new Set(waits)].sort()).toEqual([1, 2, 3]);
  });
});
