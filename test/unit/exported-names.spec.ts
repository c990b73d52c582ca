import { globSync, readFileSync } from 'node:fs';

const EXPORTED_TYPE = /^export (?:abstract |declare )*(?:class|interface|type|enum) (\w+)/gm;

/** The name of every exported type, with the files that define it. */
function definitions(): Map<string, string[]> {
  const files = globSync([
    'src/**/*.ts',
    'packages/*/src/**/*.ts',
    'bench/**/*.ts',
    'test/**/*.ts',
    'ormconfig.ts',
  ]);
  const found = new Map<string, string[]>();
  for (const file of files)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(EXPORTED_TYPE))
      found.set(name, [...(found.get(name) ?? []), file]);
  return found;
}

describe('An exported type', () => {
  it('has a unique name', () => {
    const all = definitions();
    expect(all.size).toBeGreaterThan(500);
    expect(Object.fromEntries([...all].filter(([, files]) => files.length > 1))).toEqual({});
  });
});
