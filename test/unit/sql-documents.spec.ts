import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import '../../src/app.module.js';
import { prepare, preparedTexts } from '../../src/database/prepared.js';

const FOLDER = 'docs/sql';

describe('docs/sql', () => {
  it('has the text of every prepared statement, and nothing else', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'));
    const written = Object.fromEntries(files.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
    const current = Object.fromEntries(
      [...preparedTexts()].map(([name, text]) => [`${name}.sql`, `${text}\n`]),
    );
    expect(Object.keys(current).length).toBeGreaterThan(20);
    expect(written).toEqual(current);
  });
});

describe('A prepared statement', () => {
  it('cannot have the name of another, nor a name longer than PostgreSQL keeps', () => {
    expect(prepare('open-accounts', preparedTexts().get('open-accounts') ?? '').name).toBe('open-accounts');
    expect(() => prepare('open-accounts', 'SELECT 1')).toThrow('two statements have the name open-accounts');
    expect(() => prepare('x'.repeat(64), 'SELECT 1')).toThrow('longer than 63 bytes');
  });
});
