import { existsSync, readFileSync } from 'node:fs';

const TEXT = readFileSync('docs/security.md', 'utf8');

describe('docs/security.md', () => {
  it('names tests that exist', () => {
    const named = [...TEXT.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('has a row for each risk of the OWASP API Security Top 10 and each chapter of ASVS 5.0', () => {
    const numbers = (prefix: string): number[] =>
      [...TEXT.matchAll(new RegExp(`^\\| ${prefix}(\\d+) `, 'gm'))].map(([, number]) => Number(number));
    expect(numbers('API')).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    expect(numbers('V')).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });
});
