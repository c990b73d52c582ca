import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { SigningKeys } from '../../src/auth/signing-keys.service.js';
import { ConfigurationError, Environment, readEnv } from '../../src/config/env.js';
import { aSigningKey } from '../support/signing-key.js';
import { testEnvironment, testVariables } from '../support/test-environment.js';

const DATABASE_URL = 'postgres://user:password@db.example/vostro';
const MUST = 'must be the PKCS #8 PEM of an EC P-256 private key';
const [A, B, C] = [aSigningKey(), aSigningKey(), aSigningKey()];

const keysOf = (TOKEN_SIGNING_KEY: string): readonly string[] =>
  testEnvironment(DATABASE_URL, { TOKEN_SIGNING_KEY }).tokenSigningKeys;

function problemsOf(TOKEN_SIGNING_KEY: string): readonly string[] {
  try {
    readEnv({ ...testVariables(DATABASE_URL), TOKEN_SIGNING_KEY });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('TOKEN_SIGNING_KEY', () => {
  it('accepts one key', () => {
    expect(keysOf(A)).toEqual([A]);
    expect(keysOf(`\n  ${A}\n`)).toEqual([A]);
  });

  it.each([
    ['a line break', '\n'],
    ['nothing', ''],
    ['white space', ' \t\n\n '],
    ['line breaks of Windows', '\r\n'],
  ])('takes several keys separated by %s, in their order', (_name, between) => {
    expect(keysOf([B, A, C].join(between))).toEqual([B, A, C]);
  });

  it('takes line breaks written as \\n, within and between keys', () => {
    expect(keysOf(`${B}\n${A}\n`.replaceAll('\n', '\\n'))).toEqual([B, A]);
  });

  it('accepts at most 5 keys', () => {
    const six = Array.from({ length: 6 }, () => aSigningKey());
    expect(keysOf(six.slice(1).join('\n'))).toEqual(six.slice(1));
    expect(problemsOf(six.join('\n'))).toEqual(['TOKEN_SIGNING_KEY holds 6 keys, but may hold 5']);
  });

  it.each([
    ['of another curve', aSigningKey('P-384')],
    ['of another algorithm', pemOf(generateKeyPairSync('ed25519').privateKey)],
    ['that is public', createPublicKey(C).export({ type: 'spki', format: 'pem' }).toString()],
    ['that is encrypted', encrypted()],
    ['that is cut off', C.slice(0, 60)],
    ['with its end missing', C.replace(/-----END.*/, '')],
    ['with text before it', `x ${C}`],
  ])('rejects a key %s and gives its position', (_name, bad) => {
    expect(problemsOf(bad)).toEqual([`TOKEN_SIGNING_KEY key 1 ${MUST}`]);
    expect(problemsOf(`${A}\n${bad}`)).toEqual([`TOKEN_SIGNING_KEY key 2 ${MUST}`]);
    expect(problemsOf(`${bad}\n${A}`)[0]).toBe(`TOKEN_SIGNING_KEY key 1 ${MUST}`);
  });

  it('rejects text after the last key, and white space alone', () => {
    expect(problemsOf(`${A}\nx`)).toEqual([`TOKEN_SIGNING_KEY key 2 ${MUST}`]);
    expect(problemsOf(' \n')).toEqual([`TOKEN_SIGNING_KEY key 1 ${MUST}`]);
  });

  it('rejects a duplicate key, also with other line breaks', () => {
    const base64 = A.split('\n').slice(1, -1).join('');
    const inOneLine = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`;
    for (const again of [A, inOneLine])
      expect(problemsOf(`${A}\n${B}\n${again}`)).toEqual(['TOKEN_SIGNING_KEY key 3 is the same as key 1']);
  });

  it('reports every invalid key, without showing it', () => {
    const cut = C.replace(/-----END.*/, '');
    expect(problemsOf(`x\n${A}\n${A}\n${cut}`)).toEqual([
      `TOKEN_SIGNING_KEY key 1 ${MUST}`,
      `TOKEN_SIGNING_KEY key 3 ${MUST}`,
    ]);
  });

  it('is also checked when it was not read from a variable', () => {
    const secrets = { ...testVariables(DATABASE_URL), TOKEN_SIGNING_KEY: 'x' };
    expect(() => new Environment(readEnv({}), DATABASE_URL, secrets)).toThrow(ConfigurationError);
  });
});

describe('The signing keys', () => {
  const keys = new SigningKeys(testEnvironment(DATABASE_URL, { TOKEN_SIGNING_KEY: `${B}\n${A}` }));
  const jwkOf = (pem: string) => exportJWK(createPublicKey(pem));

  it('are published in their order, each with its RFC 7638 thumbprint as kid, without the private part', async () => {
    const expected = [];
    for (const jwk of [await jwkOf(B), await jwkOf(A)])
      expected.push({ ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'ES256' });
    expect(await keys.keySet()).toEqual({ keys: expected });
    expect(JSON.stringify(await keys.keySet())).not.toContain('"d"');
  });

  it('sign with the first key and verify with the key of a token’s kid', async () => {
    const [kidOfB, kidOfA] = (await keys.keySet()).keys.map(({ kid }) => kid);
    const { kid, privateKey } = await keys.getSigner();
    expect([kid, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()]).toEqual([kidOfB, B]);
    expect((await keys.getPublicKey(kidOfA)).equals(createPublicKey(A))).toBe(true);
    expect((await keys.getPublicKey(kidOfB)).equals(createPublicKey(B))).toBe(true);
  });

  it('verify nothing without a kid or with an unknown one', async () => {
    const other = await calculateJwkThumbprint(await jwkOf(C));
    for (const kid of [undefined, '', 'x', other]) await expect(keys.getPublicKey(kid)).rejects.toThrow();
  });
});

function pemOf(key: ReturnType<typeof generateKeyPairSync>['privateKey']): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function encrypted(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
  return privateKey.export(options).toString();
}
