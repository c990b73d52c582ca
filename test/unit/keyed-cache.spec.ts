import type { ChangeFeed } from '../../src/database/change-feed.service.js';
import { KeyedCache } from '../../src/database/keyed-cache.js';

describe('A cache of rows', () => {
  let drop: () => void;
  let loads: string[];
  let cache: KeyedCache<{ key: string }>;

  beforeEach(() => {
    loads = [];
    const feed = { onChange: (_topic: string, forget: () => void) => (drop = forget) };
    cache = new KeyedCache(feed as unknown as ChangeFeed, 'credentials');
  });

  const get = (key: string, found = true): Promise<{ key: string } | null> =>
    cache.get(key, () => {
      loads.push(key);
      return Promise.resolve(found ? { key } : null);
    });

  it('keeps the rows found, after any number of lookups that find none', async () => {
    for (let i = 0; i < 10_000; i++) await get(`good ${i}`);
    const junk = Array.from({ length: 20_000 }, (_, i) => get(`junk ${i}`, false));
    await Promise.all(junk);
    loads = [];
    for (let i = 0; i < 10_000; i++) await get(`good ${i}`);
    expect(loads).toHaveLength(0);
  });

  it('does not cache that a row does not exist', async () => {
    await get('a', false);
    expect(await get('a')).toEqual({ key: 'a' });
    expect(loads).toEqual(['a', 'a']);
  });

  it('loads once for concurrent lookups', async () => {
    expect(await Promise.all([get('a'), get('a'), get('a')])).toEqual(Array(3).fill({ key: 'a' }));
    expect(loads).toEqual(['a']);
  });

  it('does not cache a row that changed while it was loaded', async () => {
    const loading = get('a');
    drop();
    await loading;
    await get('a');
    expect(loads).toEqual(['a', 'a']);
  });

  it('does not share a load that began before a change', async () => {
    const first = get('a');
    drop();
    await Promise.all([first, get('a')]);
    expect(loads).toEqual(['a', 'a']);
    expect(cache.peek('a')).toEqual({ key: 'a' });
  });

  it('reloads a row on request, and caches the result', async () => {
    await get('a');
    const newer = { key: 'newer' };
    expect(await cache.reload('a', () => Promise.resolve(newer))).toBe(newer);
    expect(cache.peek('a')).toBe(newer);
    expect(await cache.reload('a', () => Promise.resolve(null))).toBeNull();
    expect(cache.peek('a')).toBeUndefined();
  });

  it('does not cache a failure', async () => {
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await get('a')).toEqual({ key: 'a' });
  });
});
