import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { subset } from 'semver';
import { VERSION } from '../../src/config/version.js';
import { API_NAMES, readDocument } from '../support/api-documents.js';

interface Versioned {
  version: string;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const firstMatch = (path: string, pattern: RegExp): string | undefined => pattern.exec(read(path))?.[1];

describe('The version', () => {
  it('is a semantic version, as package.json and its lock file have it', () => {
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+$/);
    expect((JSON.parse(read('package-lock.json')) as { version: string }).version).toBe(VERSION);
  });

  it('is the version of every workspace, as its package.json and the lock file have it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Versioned> };
    const folders = globSync('packages/*/package.json').map(dirname);
    expect(folders).toContain('packages/contract-checker');
    for (const folder of folders) {
      const { version } = JSON.parse(read(join(folder, 'package.json'))) as Versioned;
      expect([folder, version, packages[folder]?.version]).toEqual([folder, VERSION, VERSION]);
    }
  });

  it.each(API_NAMES)('is the version of the %s document', (name) => {
    expect(readDocument(name).info.version).toBe(VERSION);
  });

  it('is the last release of both change lists', () => {
    expect(firstMatch('CHANGELOG.md', /^## \[(\d[^\]]*)\]/m)).toBe(VERSION);
    expect(firstMatch('docs/openapi/CHANGES.md', /^## (\d[^,]*),/m)).toBe(VERSION);
  });

  it('is the label of the image', () => {
    expect(firstMatch('docker/Dockerfile', /image\.version=(\S+)/)).toBe(VERSION);
  });
});

describe('The version of Node.js that package.json asks for', () => {
  it('is one that every installed package accepts, so that `npm ci` prints no EBADENGINE', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { engines?: { node?: string } }>;
    };
    const ranges = Object.entries(packages).flatMap(([name, { engines: wanted }]) =>
      wanted?.node === undefined ? [] : [[name, wanted.node]],
    );
    expect(ranges.length).toBeGreaterThan(300);
    expect(ranges.filter(([, range = '']) => !subset(engines.node, range))).toEqual([]);
  });
});
