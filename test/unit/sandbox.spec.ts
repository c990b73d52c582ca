import { setTimeout as delay } from 'node:timers/promises';
import { parseForcedAnswer } from '../../src/sandbox/forced-answer.js';
import { parseDuration } from '../../src/sandbox/iso-duration.js';
import { magicKycOf } from '../../src/sandbox/kyc-magic.js';
import { ReadWriteLock } from '../../src/concurrency/read-write-lock.js';
import { inForeignKeyOrder } from '../../src/sandbox/tenant-tables.js';

const HOUR_MS = 3_600_000;

describe('A duration', () => {
  it.each([
    ['PT16M', 16 * 60_000],
    ['P15D', 15 * 24 * HOUR_MS],
    ['P1DT2H', 26 * HOUR_MS],
    ['P2W', 14 * 24 * HOUR_MS],
    ['PT1.5S', 1_500],
    ['PT0S', 0],
    ['P1DT1H1M1.001S', 25 * HOUR_MS + 61_001],
  ])('%s is converted to milliseconds', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '1D',
    'P1Y',
    'P1M',
    'P1W1D',
    'PT1H1H',
    'PT1M1H',
    '-P1D',
    'P-1D',
    'PT1.0001S',
    'p1d',
  ])('%j is invalid', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('A magic name', () => {
  it.each([
    ['acme-kyc-pending', 'Acme', 'pending'],
    ['KYC-REJECTED-1', 'Acme', 'rejected'],
    ['acme-corp', 'Acme kyc expired Ltd', 'expired'],
    ['kyc-approved-1', 'kyc-rejected', 'approved'],
  ])('%s, %s sets KYC to %s', (identifier, displayName, kyc) => {
    expect(magicKycOf({ identifier, displayName })).toBe(kyc);
  });

  it.each(['acme-corp', 'kyc-pendingly', 'mykyc-pending', 'kyc-not-started', 'kycpending'])(
    '%s is no magic name',
    (identifier) => {
      expect(magicKycOf({ identifier, displayName: 'Acme' })).toBeNull();
    },
  );
});

describe('The forcing header', () => {
  it.each([
    ['status=429', { refusal: 'rate_limited', latencyMs: 0 }],
    ['status=500', { refusal: 'internal_error', latencyMs: 0 }],
    ['latency=30000', { refusal: null, latencyMs: 30_000 }],
    ['latency=15, status=503', { refusal: 'service_unavailable', latencyMs: 15 }],
  ])('%j is parsed', (text, forced) => {
    expect(parseForcedAnswer(text)).toEqual(forced);
  });

  it.each([
    ...['', 'status=404', 'status=5', 'latency=30001', 'latency=-1', 'latency=1.5', 'status', 'STATUS=503'],
    ...['status=503,', 'status=503;latency=1', 'status=503, status=503', 'speed=1', 'status=503 latency=1'],
  ])('%j is malformed', (text) => {
    expect(parseForcedAnswer(text)).toBeNull();
  });
});

describe('The readers–writer lock', () => {
  it('blocks readers while a writer runs, and lets current readers end first', async () => {
    const lock = new ReadWriteLock();
    const seen: string[] = [];
    const leave = await lock.acquireRead();
    const alone = lock.withWrite(async () => {
      seen.push('alone');
      await delay(20);
      seen.push('done');
    });
    await delay(5);
    const newcomer = lock.acquireRead().then((leaveAgain) => {
      seen.push('newcomer');
      leaveAgain();
    });
    await delay(5);
    seen.push('leaves');
    leave();
    await Promise.all([alone, newcomer]);
    expect(seen).toEqual(['leaves', 'alone', 'done', 'newcomer']);
  });

  it('unblocks readers after a time-out and after a failed writer', async () => {
    const lock = new ReadWriteLock();
    const leave = await lock.acquireRead();
    await expect(lock.withWrite(() => Promise.resolve(), 10)).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    leave();
    await expect(lock.withWrite(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    (await lock.acquireRead())();
    expect(await lock.withWrite(() => Promise.resolve('yes'))).toBe('yes');
  });

  it('counts a repeated release once', async () => {
    const lock = new ReadWriteLock();
    const [first, second] = [await lock.acquireRead(), await lock.acquireRead()];
    first();
    first();
    let isAlone = false;
    const alone = lock.withWrite(() => Promise.resolve((isAlone = true)));
    await delay(5);
    expect(isAlone).toBe(false);
    second();
    expect(await alone).toBe(true);
  });
});

describe('The order of tables', () => {
  it('puts each table before those it refers to', () => {
    const references = [
      { from: 'b', to: 'c' },
      { from: 'a', to: 'b' },
      { from: 'c', to: 'elsewhere' },
    ];
    expect(inForeignKeyOrder(['c', 'b', 'a'], references)).toEqual(['a', 'b', 'c']);
  });

  it('is an error when the references form a circle', () => {
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect(() => inForeignKeyOrder(['a', 'b'], circle)).toThrow('circle');
  });
});
