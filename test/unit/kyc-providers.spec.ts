import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, Environment, readEnv } from '../../src/config/env.js';
import { localSecrets } from '../../src/demo/local-secrets.js';
import { testEnvironment, testVariables } from '../support/test-environment.js';

const DATABASE_URL = 'postgres://user:password@db.example/vostro';
const whsec = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;
const TEXT = 'x'.repeat(32);

const providersOf = (KYC_PROVIDERS: string) => testEnvironment(DATABASE_URL, { KYC_PROVIDERS }).kycProviders;

function problemOf(KYC_PROVIDERS: string): string {
  try {
    readEnv({ ...testVariables(DATABASE_URL), KYC_PROVIDERS });
    return '';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.join('\n');
    throw error;
  }
}

describe('KYC_PROVIDERS', () => {
  it('takes secrets of Standard Webhooks, with the decoded base64 as the key', () => {
    expect(whsec(25)).toMatch(/\/.*==$/);
    expect(providersOf(`acme=${whsec(25)},b-2=${whsec(24)}|${whsec(64)}`)).toEqual(
      new Map([
        ['acme', { keys: [Buffer.alloc(25, 0xfb)], hasTextSecret: false }],
        ['b-2', { keys: [Buffer.alloc(24, 0xfb), Buffer.alloc(64, 0xfb)], hasTextSecret: false }],
      ]),
    );
    expect(providersOf(`acme=${whsec(25).replaceAll('=', '')}`).get('acme')?.keys).toEqual([
      Buffer.alloc(25, 0xfb),
    ]);
    expect(providersOf('').size).toBe(0);
  });

  it('takes text secrets of an earlier version after text:, also with separators in them', () => {
    const text = `${TEXT}|=more`;
    expect(providersOf(`acme=text:${text}|${whsec(24)}`).get('acme')).toEqual({
      keys: [Buffer.from(text), Buffer.alloc(24, 0xfb)],
      hasTextSecret: true,
    });
  });

  it.each([
    ['a text that is not called one', `acme=${TEXT}`, /acme.*whsec_<base64>.*text:<32 characters or more>/],
    ['a key that is too short', `acme=${whsec(23)}`, /acme.*24 to 64 bytes/],
    ['a key that is too long', `acme=${whsec(65)}`, /acme.*24 to 64 bytes/],
    ['base64 of another alphabet', `acme=${whsec(24).replaceAll('+', '-')}`, /acme.*24 to 64 bytes/],
    ['base64 with more padding than there is', `acme=${whsec(24)}==`, /acme.*24 to 64 bytes/],
    ['a text that is too short', `acme=text:${TEXT.slice(1)}`, /acme.*32 characters or more/],
    ['a text with a space', `acme=text:${TEXT} x`, /acme.*without spaces/],
    ['a second secret that is none', `acme=${whsec(24)}|${TEXT}`, /acme/],
    ['a name alone', `b=${whsec(24)},acme`, /pair 2/],
    ['a secret alone', whsec(24), /pair 1/],
    ['a name that fits no path', `Acme=${whsec(24)}`, /pair 1/],
    ['a name twice', `acme=${whsec(24)},acme=${whsec(25)}`, /acme once.*\|/],
  ])('refuses %s, and names the variable and the provider, but never the secret', (_what, value, said) => {
    const problem = problemOf(value);
    expect(problem).toMatch(/^KYC_PROVIDERS /);
    expect(problem).toMatch(said);
    for (const secret of value.split(/[,|]|[a-z0-9-]+=(?!=|$)|text:/).filter((part) => part.length > 20))
      expect(problem).not.toContain(secret);
  });
});

describe('The secrets of an installation without configured ones', () => {
  const aFolder = (): string => mkdtempSync(join(tmpdir(), 'vostro-secrets-'));
  const started = async (folder: string) =>
    new Environment(readEnv({}), DATABASE_URL, await localSecrets(folder)).kycProviders.get('demo');

  it('include a Standard Webhooks secret of the demo’s provider, the same at each start', async () => {
    const folder = aFolder();
    const first = await started(folder);
    expect(first).toEqual({ keys: [expect.any(Buffer)], hasTextSecret: false });
    expect(await started(folder)).toEqual(first);
  });

  it('keep a text secret of an earlier version as text', async () => {
    const folder = aFolder();
    await localSecrets(folder);
    const path = join(folder, 'secrets.json');
    const kept = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...kept, KYC_PROVIDERS: `demo=${TEXT}` }));
    expect(await started(folder)).toEqual({ keys: [Buffer.from(TEXT)], hasTextSecret: true });
  });
});
