import { parseRateLimits } from '../../src/config/rate-limits.js';
import { type Usage, UsageCounter, type UsageStore } from '../../src/rate-limits/usage-counter.js';
import { networkOf } from '../../src/shared/networks.js';
import { until } from '../support/until.js';

const QUOTA = { limit: 100, windowSeconds: 60 };

/** A store in memory, whose windows never end. */
class MemoryStore implements UsageStore {
  readonly reports: number[] = [];
  isDown = false;
  private total = 0;

  async add(_key: string, used: number): Promise<Usage> {
    await Promise.resolve();
    if (this.isDown) throw new Error('down');
    this.reports.push(used);
    this.total += used;
    return { used: this.total, resetsInMs: 60_000 };
  }
}

describe('RATE_LIMITS', () => {
  it('replaces the limits that it names', () => {
    const defaults = parseRateLimits('');
    expect(defaults?.credential).toEqual({ limit: 50_000, windowSeconds: 10 });
    expect(defaults?.['email-recipient']).toEqual({ limit: 50, windowSeconds: 86_400 });
    expect(defaults?.['email-platform']).toEqual({ limit: 10_000, windowSeconds: 86_400 });
    expect(parseRateLimits('credential=100/60s,address=off')).toEqual({
      ...defaults,
      credential: { limit: 100, windowSeconds: 60 },
      address: null,
    });
  });

  it.each([
    'credential',
    'credential=',
    'credential=0/10s',
    'credential=100/0s',
    'credential=100',
    'credential=100/10',
    'credential=1/86401s',
    'credential=1000000001/1s',
    'credential=1/1s,credential=2/1s',
    'customer=1/1s',
    '__proto__=1/1s',
    'credential=1/1s,',
  ])('refuses %s', (text) => {
    expect(parseRateLimits(text)).toBeNull();
  });
});

describe('The network of a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:01:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('A counter of usage', () => {
  let store: MemoryStore;
  const failures: unknown[] = [];
  const aCounter = () => new UsageCounter(store, (error) => failures.push(error));
  beforeEach(() => {
    store = new MemoryStore();
    failures.length = 0;
  });

  it('knows the uses of another process after a fiftieth of the quota', async () => {
    const [one, other] = [aCounter(), aCounter()];
    for (let uses = 0; uses < 60; uses++) one.add('key', QUOTA);
    await until(() => store.reports.length > 1);
    other.add('key', QUOTA);
    expect(other.usageOf('key').used).toBe(1);
    other.add('key', QUOTA);
    await until(() => other.usageOf('key').used >= 60);
    expect(other.usageOf('key').used).toBe(62);
    expect(one.usageOf('key').used).toBe(60);
  });

  it('asks the store once at a time for a key, however many uses there are', async () => {
    const counter = aCounter();
    for (let uses = 0; uses < 100; uses++) counter.add('key', QUOTA);
    expect(store.reports).toEqual([]);
    await until(() => store.reports.length === 2);
    expect(store.reports).toEqual([2, 98]);
    counter.add('key', QUOTA);
    expect(counter.usageOf('key').used).toBe(101);
  });

  it('counts alone while the store fails, says so once a second, and reports everything afterwards', async () => {
    const counter = aCounter();
    store.isDown = true;
    for (let uses = 0; uses < 10; uses++) {
      counter.add('key', QUOTA);
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(counter.usageOf('key').used).toBe(10);
    expect(failures).toHaveLength(1);
    store.isDown = false;
    await until(() => {
      counter.add('key', QUOTA);
      return store.reports.length > 0;
    });
    expect(store.reports[0]).toBeGreaterThan(10);
  });

  it('forgets a window at its end', async () => {
    const counter = aCounter();
    const short = { limit: 100, windowSeconds: 0.02 };
    counter.add('key', short);
    expect(counter.usageOf('key').used).toBe(1);
    await until(() => counter.usageOf('key').resetsInMs === 0);
    expect(counter.usageOf('key').used).toBe(0);
  });
});
