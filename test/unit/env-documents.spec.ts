import { readFileSync } from 'node:fs';
import { EnvironmentVariables, VARIABLE_NAMES } from '../../src/config/env.js';

/** Name and default of each row of the table in docs/configuration.md. */
const ROWS = [
  ...readFileSync('docs/configuration.md', 'utf8').matchAll(
    /^\| `([A-Z][A-Z_]+)` +\| ([^|]+?) +\| [^|]+\|$/gm,
  ),
].map(([, name = '', given = '']): [string, string] => [name, given]);
/** Name and value of each line of .env.example; all of them are comments. */
const LINES = [...readFileSync('.env.example', 'utf8').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']): [string, string] => [name, value],
);
const DEFAULTS = Object.entries(new EnvironmentVariables()).filter(([, value]) => value !== undefined);

describe.each([
  ['docs/configuration.md', ROWS],
  ['.env.example', LINES],
])('%s', (_place, listed) => {
  it('lists every environment variable once, and no other', () => {
    expect(VARIABLE_NAMES.length).toBeGreaterThan(20);
    expect(listed.map(([name]) => name).sort()).toEqual([...VARIABLE_NAMES].sort());
  });

  it.each(DEFAULTS)('says the default of %s', (name, value) => {
    const given = listed.find(([one]) => one === name)?.[1] ?? '';
    expect(given.replaceAll('`', '').replaceAll("'", '')).toBe(String(value));
  });
});
